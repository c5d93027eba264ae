import type { Item, RecordChange, SystemCredentialTable, UpdateResult } from '../credential-table.ts';
import { enableRemedy } from '../enable-remedy.ts';
import { SesameError } from '../errors.ts';
import type { PasswordDecryption } from '../iam/password-encryption.ts';
import { writeMakingRoom } from '../record/make-room.ts';
import { type CredentialRecord, readRecord } from '../record/record.ts';
import { explainLogin } from './explain-login.ts';
import type { SmtpAccount, SmtpLogin } from './smtp-login.ts';

/** How long and how often to log in. */
export interface VerificationSettings {
  /**
   * This many successful logins in a row verify the key. IAM is distributed, so one success does not prove that the key
   * is known everywhere.
   */
  readonly successes: number;
  /** Milliseconds between two logins; up to four times as long after failures. */
  readonly pauseMs: number;
  /** Milliseconds until one attempt gives up, unless SES has just started to accept the key. */
  readonly limitMs: number;
}

export interface VerifyDeps {
  readonly credentials: Pick<SystemCredentialTable, 'read' | 'update'>;
  readonly decryption: PasswordDecryption;
  readonly smtp: SmtpLogin;
  readonly table: string;
  readonly settings: VerificationSettings;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<unknown>;
}

/**
 * The result of a verification, and the record as it was read. The item is undefined if there was no record or it could
 * not be read.
 */
export type Verification = { readonly item: Item | undefined } & Proven;

type Proven =
  | { readonly result: 'verified'; readonly logins: number }
  /** Nothing (or no longer anything) to verify. */
  | {
      readonly result: 'skipped';
      readonly reason: 'missing' | 'not active' | 'another key' | 'verified before' | 'changed meanwhile';
    }
  /** The key does not work yet and may be too young. Nothing is reported before the second attempt. */
  | { readonly result: 'waiting'; readonly error: SesameError }
  /** The key does not work. `isNews`: the record did not say so before. */
  | { readonly result: 'failed'; readonly error: SesameError; readonly isNews: boolean }
  /** The stored password can no longer be decrypted, so a new key was requested. */
  | { readonly result: 'unreadable'; readonly error: SesameError; readonly isNews: boolean };

/** How far an attempt may exceed its limit if SES has just started to accept the key, in milliseconds. */
export const STREAK_GRACE_MS = 15_000;

/** KMS error codes for a ciphertext that was not made for this record. */
const unreadableCodes = new Set(['InvalidCiphertextException', 'IncorrectKeyException']);
/**
 * The longest ciphertext that KMS accepts, in bytes.
 * https://docs.aws.amazon.com/kms/latest/APIReference/API_Decrypt.html
 */
const maxCiphertextBytes = 6144;

/**
 * Verifies by real SMTP logins that a record's key works, and writes the result on the record. Sends no mail. SES needs
 * some seconds to learn about a new key, so early refusals are expected.
 *
 * @throws SesameError if the table cannot be reached; every other failure is in the result and on the record
 */
export async function verifyCredential(
  wanted: { readonly username: string; readonly accessKeyId: string; readonly isFirstAttempt?: boolean },
  deps: VerifyDeps,
): Promise<Verification> {
  const { username } = wanted;
  const item = await deps.credentials.read(username);
  if (item === undefined) return { result: 'skipped', reason: 'missing', item };
  return { ...(await verifyRecord(readRecord(username, item), wanted, deps)), item };
}

async function verifyRecord(
  record: CredentialRecord,
  wanted: { readonly accessKeyId: string; readonly isFirstAttempt?: boolean },
  deps: VerifyDeps,
): Promise<Proven> {
  const { accessKeyId } = wanted;
  if (record.status !== 'active') return { result: 'skipped', reason: 'not active' };
  if (record.accessKeyId !== accessKeyId) return { result: 'skipped', reason: 'another key' };
  if (record.isVerified) return { result: 'skipped', reason: 'verified before' };
  const proof = await logInRepeatedly(record, accessKeyId, deps);
  const at = new Date(deps.now()).toISOString();
  if ('logins' in proof) {
    const proven = { set: { verified_at: at }, remove: ['verification_failure'] };
    const update = await updateRecord(record, proven, { access_key_id: accessKeyId }, deps);
    return update.written
      ? { result: 'verified', logins: proof.logins }
      : { result: 'skipped', reason: 'changed meanwhile' };
  }
  const { error } = proof;
  if (error.code === 'PasswordUnreadable') return requestNewKey(record, error, deps);
  if (wanted.isFirstAttempt === true && error.kind !== 'permanent') return { result: 'waiting', error };
  // The condition on `status`: a credential that was disabled in the meantime is refused as intended.
  const failed = { set: { verification_failure: { code: error.code, message: error.message, at } }, remove: [] };
  const update = await updateRecord(record, failed, { access_key_id: accessKeyId, status: 'active' }, deps);
  return update.written
    ? { result: 'failed', error, isNews: failureCode(record.item) !== error.code }
    : { result: 'skipped', reason: 'changed meanwhile' };
}

/**
 * Requests a rotation, so that clients with the old password keep working: the old key stays until it is quiet. During
 * the grace period of another rotation, the new key comes after it.
 */
async function requestNewKey(record: CredentialRecord, error: SesameError, deps: VerifyDeps): Promise<Proven> {
  const { code, message } = error;
  const at = new Date(deps.now()).toISOString();
  const change = { set: { verification_failure: { code, message, at }, rotate_requested: true }, remove: [] };
  const { accessKeyId, encryptedPassword } = record;
  const condition = { status: 'active', access_key_id: accessKeyId, encrypted_password: encryptedPassword };
  const update = await updateRecord(record, change, condition, deps);
  return update.written
    ? { result: 'unreadable', error, isNews: failureCode(record.item) !== code }
    : { result: 'skipped', reason: 'changed meanwhile' };
}

/** Makes room on a full record, because a key without a stored result would be verified again every day. */
function updateRecord(
  { username, item }: CredentialRecord,
  change: RecordChange,
  condition: Item,
  { credentials }: VerifyDeps,
): Promise<UpdateResult> {
  return writeMakingRoom((attemptedChange) => credentials.update(username, attemptedChange, condition), change, item);
}

type Proof = { readonly logins: number } | { readonly error: SesameError };

async function logInRepeatedly(record: CredentialRecord, accessKeyId: string, deps: VerifyDeps): Promise<Proof> {
  const account = await openAccount(record, accessKeyId, deps);
  if (account instanceof SesameError) return { error: account };
  const { successes, pauseMs, limitMs } = deps.settings;
  const endMs = deps.now() + limitMs;
  let error = new SesameError(
    'LoginsTooSlow',
    'retryable',
    `Fewer than ${successes} logins in a row succeeded within ${limitMs / 1000} s. Sesame tries it again automatically.`,
  );
  let streak = 0;
  let failures = 0;
  let wasRefused = false;
  for (let logins = 1; ; logins += 1) {
    const login = await deps.smtp.logIn(account);
    if (login.result === 'accepted') {
      streak += 1;
      failures = 0;
      if (streak >= successes) return { logins };
    } else {
      error = explainLogin(login);
      streak = 0;
      failures += 1;
      wasRefused = true;
    }
    const restMs = pauseMs * 2 ** Math.min(failures, 2);
    if (deps.now() + restMs > endMs + (wasRefused && streak > 0 ? STREAK_GRACE_MS : 0)) return { error };
    await deps.sleep(restMs);
  }
}

async function openAccount(
  record: CredentialRecord,
  accessKeyId: string,
  { decryption, table }: VerifyDeps,
): Promise<SmtpAccount | SesameError> {
  const { username, encryptedPassword } = record;
  if (encryptedPassword === undefined) {
    return new SesameError(
      'PasswordMissing',
      'permanent',
      `encrypted_password: is missing, so nobody can log in. For a new key, ${enableRemedy}.`,
    );
  }
  const bytes = Buffer.from(encryptedPassword, 'base64').length;
  if (bytes === 0 || bytes > maxCiphertextBytes) return unreadable('It is not the base64 text of a ciphertext.');
  try {
    const password = await decryption.decrypt(encryptedPassword, { table, username, access_key_id: accessKeyId });
    return { user: accessKeyId, password };
  } catch (error) {
    if (!(error instanceof SesameError)) throw error;
    return unreadableCodes.has(error.code) ? unreadable(`KMS says ${error.code}.`, error) : error;
  }
}

function unreadable(why: string, cause?: SesameError): SesameError {
  return new SesameError(
    'PasswordUnreadable',
    'permanent',
    `encrypted_password: KMS cannot open it as this record's password. ${why} Somebody has probably edited or copied it. ` +
      'A new key with a new password is made as by rotate_requested; the old password works on for the grace period.',
    { cause },
  );
}

function failureCode(item: Item): unknown {
  return (item['verification_failure'] as Item | undefined)?.['code'];
}
