import { createHash, timingSafeEqual } from 'node:crypto';
import { deriveSmtpPassword } from '../../src/credential/iam/smtp-password.ts';
import { type SmtpReply, sesReplies, withCause } from './ses-replies.ts';
import type { SmtpAccount, SmtpAccounts } from './smtp-accounts.ts';

export interface LoginAttempt {
  /** The SMTP username: an access key id. */
  readonly username: string;
  readonly password: string;
  readonly region: string;
}

/**
 * Checks an SMTP login: the key exists and is Active, and the password matches its secret in this Region. Nothing is cached, so
 * a deactivated key fails at the next login.
 *
 * @throws SmtpReply 535 when the credentials are wrong, 454 when IAM doesn't answer
 */
export async function logIn(accounts: SmtpAccounts, attempt: LoginAttempt): Promise<SmtpAccount> {
  const account = await findActiveAccount(accounts, attempt.username, sesReplies.authenticationFailure);
  const expected = deriveSmtpPassword(account.secretAccessKey.reveal(), attempt.region);
  if (!sameText(expected, attempt.password)) {
    throw sesReplies.credentialsInvalid();
  }
  // A login succeeds even if IAM can't record the use of the key.
  await accounts.recordUse(account.accessKeyId).catch(() => undefined);
  return account;
}

/**
 * @param failure the reply when IAM doesn't answer
 * @throws SmtpReply 535 when the key doesn't exist or isn't Active
 */
export async function findActiveAccount(
  accounts: SmtpAccounts,
  accessKeyId: string,
  failure: () => SmtpReply,
): Promise<SmtpAccount> {
  // https://docs.aws.amazon.com/IAM/latest/APIReference/API_AccessKey.html
  const account = /^\w{16,128}$/.test(accessKeyId)
    ? await accounts.findByAccessKeyId(accessKeyId).catch((error) => Promise.reject(withCause(failure(), error)))
    : undefined;
  if (account?.status !== 'Active') {
    throw sesReplies.credentialsInvalid();
  }
  return account;
}

/** Compares digests, so that the time reveals neither where the texts differ nor the length of the right one. */
function sameText(one: string, other: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}
