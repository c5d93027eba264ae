import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from './make-folder.ts';

/** An access key with its secret. */
export interface AdministratorKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/**
 * The key of the emulator's root user, which may do everything, like an account's administrator. It is random, so that no web page and no
 * other user of the machine knows it, and kept in the home, so that a shell that was set up with it still works after a restart.
 */
export function readAdministratorKey(home: string): AdministratorKey {
  const file = join(home, 'administrator-key.json');
  const kept = readKept(file);
  if (kept !== undefined) return kept;
  const key = { accessKeyId: randomAccessKeyId(), secretAccessKey: randomBytes(30).toString('base64') };
  makeFolder(home);
  writeFileSync(file, `${JSON.stringify(key)}\n`, { mode: 0o600 });
  return key;
}

/** In AWS's form: 20 characters, https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids. */
function randomAccessKeyId(): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  return `AKIA${[...randomBytes(16)].map((byte) => letters[byte % letters.length]).join('')}`;
}

/** Undefined when there is none, or a damaged one: a new key does as well. */
function readKept(file: string): AdministratorKey | undefined {
  try {
    const { accessKeyId, secretAccessKey } = JSON.parse(readFileSync(file, 'utf8')) as Partial<AdministratorKey>;
    const isWhole = /^AKIA[A-Z2-7]{16}$/.test(accessKeyId ?? '') && /^[\w+/]{40}$/.test(secretAccessKey ?? '');
    return isWhole ? { accessKeyId: accessKeyId ?? '', secretAccessKey: secretAccessKey ?? '' } : undefined;
  } catch {
    return undefined;
  }
}
