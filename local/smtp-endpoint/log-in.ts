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
 * Checks an SMTP login: the key exists, is Active, and the password is the one that belongs to its secret in this region.
 * Nothing is remembered between logins, so a key that was made inactive fails at the next one.
 *
 * @throws SmtpReply 535 when the credentials are wrong, 454 when IAM doesn't answer.
 */
export async function logIn(accounts: SmtpAccounts, attempt: LoginAttempt): Promise<SmtpAccount> {
  const account = await findActiveAccount(accounts, attempt.username, sesReplies.authenticationFailure);
  const expected = deriveSmtpPassword(account.secretAccessKey.reveal(), attempt.region);
  if (!sameText(expected, attempt.password)) {
    throw sesReplies.credentialsInvalid();
  }
  // A login counts even when IAM can't note that the key was used.
  await accounts.recordUse(account.accessKeyId).catch(() => undefined);
  return account;
}

/**
 * @param failure the reply to use when IAM doesn't answer.
 * @throws SmtpReply 535 when the key doesn't exist or isn't Active.
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

/** Compares digests: the time tells neither where two texts differ nor how long the right one is. */
function sameText(one: string, other: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}
