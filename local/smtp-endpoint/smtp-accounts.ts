import type { Secret } from '../../src/credential/secret.ts';
import type { NamedPolicy } from '../iam-evaluation/evaluate-iam-request.ts';

/** The access key that an SMTP username names. */
export interface SmtpAccount {
  readonly accessKeyId: string;
  readonly userName: string;
  readonly status: 'Active' | 'Inactive';
  readonly secretAccessKey: Secret;
}

/** The policies that apply to a user's mails. */
export interface SmtpPermissions {
  readonly userArn: string;
  /** Inline, attached and group policies. */
  readonly identityPolicies: readonly NamedPolicy[];
  readonly permissionsBoundary?: NamedPolicy | undefined;
}

/** IAM as the SMTP endpoint sees it. A method throws when IAM doesn't answer. */
export interface SmtpAccounts {
  /** Undefined when there is no such key. */
  findByAccessKeyId(accessKeyId: string): Promise<SmtpAccount | undefined>;
  /** Undefined when the user is gone. */
  findPermissions(userName: string): Promise<SmtpPermissions | undefined>;
  /** Records that SES used the key now, so that GetAccessKeyLastUsed shows it. */
  recordUse(accessKeyId: string): Promise<void>;
}
