import type { Item, RecordChange, UpdateResult } from '../credential-table.ts';
import { SesameError } from '../errors.ts';

/** Attributes that Sesame writes, and that no decision depends on. */
const spareAttributes = [
  'warning',
  'repaired',
  'verification_failure',
  'identity_warning',
  'last_transition',
  'rotation_announced_at',
  'expiry_announced',
];

/**
 * Whether a write was refused because the record has no room for it, so it certainly had no effect. DynamoDB stores at
 * most 400 KB per item.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html#limits-items
 */
export function isTooLarge(error: unknown): error is SesameError {
  return error instanceof SesameError && error.code === 'RecordTooLarge';
}

/**
 * Writes to a record that may have no room. If the change doesn't fit, it is written without the attributes that no
 * decision depends on. If that doesn't fit either, `description` is removed, and `warning` says so.
 *
 * @param item the current record
 * @param shorter the changes to try if even that doesn't fit, from the longest to the shortest
 * @throws SesameError `RecordTooLarge` if nothing fits
 */
export async function writeMakingRoom<Result extends UpdateResult>(
  write: (change: RecordChange) => Promise<Result>,
  change: RecordChange,
  item: Item,
  shorter: readonly RecordChange[] = [],
): Promise<Result> {
  let problem: unknown;
  for (const attempt of [
    change,
    withoutNotes(change, item),
    withoutDescription(change, item),
    ...shorter.flatMap((each) => [each, withoutNotes(each, item)]),
  ]) {
    if (attempt === undefined) continue;
    try {
      return await write(attempt);
    } catch (error) {
      if (!isTooLarge(error)) throw error;
      problem = error;
    }
  }
  throw problem;
}

function withoutNotes({ set, remove }: RecordChange, item: Item): RecordChange | undefined {
  const spare = spareAttributes.filter((name) => name in item || name in set);
  if (spare.length === 0) return undefined;
  const kept = Object.entries(set).filter(([name]) => !spareAttributes.includes(name));
  // Never empty, because DynamoDB rejects an update that changes nothing. Removing a missing attribute does no harm.
  return { set: Object.fromEntries(kept), remove: [...new Set([...remove, ...spare])] };
}

function withoutDescription(change: RecordChange, item: Item): RecordChange | undefined {
  if (!('description' in item)) return undefined;
  const { set, remove } = withoutNotes(change, item) ?? change;
  const text =
    "description was removed: the record had reached DynamoDB's limit of 400 KB, and there was no room to say how it stands.";
  return {
    set: { ...set, warning: [{ code: 'DescriptionRemoved', text }] },
    remove: [...remove.filter((name) => name !== 'warning'), 'description'],
  };
}
