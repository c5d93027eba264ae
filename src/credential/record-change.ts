import { type Item, readClaim } from './record.ts';

/** What administrators write, and what the system must look at when it changes under its hands. */
const watchedAttributes = [
  'status',
  'allowed_from_addresses',
  'allowed_source_ips',
  'allowed_recipients',
  'rotate_requested',
  'entity_type',
  'iam_user_arn',
  'access_key_id',
  'encrypted_password',
  'policy_digest',
] as const;

/**
 * Whether a change of a record calls for a look at it. The system's own writes come back on the stream and call for
 * nothing; they are known without asking AWS: a claim is all that changed, or a claim ended together with a new
 * `updated_at`, which no administrator writes.
 */
export function needsReconcile(before: Item | undefined, after: Item | undefined): boolean {
  if (before === undefined || after === undefined) return true;
  if (isOwnWrite(before, after)) return false;
  return watchedAttributes.some((name) => !isSame(before[name], after[name]));
}

function isOwnWrite(before: Item, after: Item): boolean {
  const heldBefore = readClaim(before['claim'])?.by !== undefined;
  const heldAfter = readClaim(after['claim'])?.by !== undefined;
  return (
    heldBefore && !heldAfter && after['updated_at'] !== undefined && !isSame(before['updated_at'], after['updated_at'])
  );
}

/** Equal values; sets in any order. */
function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (a instanceof Set && b instanceof Set) return a.size === b.size && [...a].every((value) => b.has(value));
  return JSON.stringify(a) === JSON.stringify(b);
}
