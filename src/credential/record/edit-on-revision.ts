import { canonicalText } from '../../values/canonical-text.ts';
import type { Item, RecordChange, WriteResult } from '../credential-table.ts';
import { SesameError } from '../errors.ts';
import { type GuardedValue, guardRevision, isToBeOff, revisionOf } from './revision.ts';

/**
 * The maximum number of attempts of a write whose condition fails because the system writes at the same time. A
 * reconcile writes to the record twice.
 */
const maxAttempts = 6;

/** Access to one record. */
export interface RecordAccess {
  /** Reads the current record; undefined if there is none. */
  readonly read: () => Promise<Item | undefined>;
  /** Writes if all these values are unchanged. `item` is the record as it was read. */
  readonly write: (guard: readonly GuardedValue[], item: Item) => Promise<WriteResult>;
}

/**
 * Changes a record if it still has the expected revision. Otherwise nothing is written, and the result contains the
 * current record. An edit whose values are already stored counts as written: its first answer was lost.
 *
 * @throws SesameError conflict `RecordKeepsChanging`
 */
export async function editOnRevision(
  change: RecordChange,
  expectedRevision: string,
  access: RecordAccess,
): Promise<WriteResult> {
  const touched = [...Object.keys(change.set), ...change.remove];
  if (touched.length === 0) {
    const item = await access.read();
    return { written: item !== undefined && revisionOf(item) === expectedRevision, item } as WriteResult;
  }
  return await onRevision(expectedRevision, access, touched, {
    isDone: (item) => containsEdit(item, change),
    whenGone: { written: false, item: undefined },
  });
}

/**
 * Deletes a record if it still has the expected revision. If it existed at first and is gone afterwards, it counts as
 * deleted: either the first answer was lost, or somebody else deleted it too.
 *
 * @throws SesameError conflict `RecordKeepsChanging`
 */
export async function removeOnRevision(expectedRevision: string, access: RecordAccess): Promise<WriteResult> {
  return await onRevision(expectedRevision, access, [], { isDone: () => false });
}

async function onRevision(
  expectedRevision: string,
  { read, write }: RecordAccess,
  touched: readonly string[],
  { isDone, whenGone }: { readonly isDone: (item: Item) => boolean; readonly whenGone?: WriteResult },
): Promise<WriteResult> {
  let item = await read();
  if (item === undefined) return { written: false, item };
  for (let attempts = 0; attempts < maxAttempts; attempts += 1) {
    if (revisionOf(item) !== expectedRevision) return { written: isDone(item), item };
    const result = await write(guardRevision(item, touched), item);
    if (result.written) return result;
    if (result.item === undefined) return whenGone ?? { written: true, item };
    if (isDone(result.item)) return { written: true, item: result.item };
    item = result.item;
  }
  throw new SesameError(
    'RecordKeepsChanging',
    'conflict',
    'The record changed again and again while it was being written. Nothing was written. Try again in a moment.',
  );
}

/**
 * Whether a record has the values of an edit, allowing for the system's reaction: `pending` becomes `active`, and the
 * request for a rotation is removed when it is done.
 */
function containsEdit(item: Item, { set, remove }: RecordChange): boolean {
  const { status, rotate_requested: rotateRequested, ...others } = set;
  const isSame = Object.entries(others).every(([name, value]) => canonicalText(item[name]) === canonicalText(value));
  if (!isSame || remove.some((name) => item[name] !== undefined)) return false;
  if (status !== undefined && (status === 'disabled') !== isToBeOff(item)) return false;
  const hasOtherValues = Object.keys(others).length > 0;
  return (
    rotateRequested === undefined ||
    item['rotate_requested'] === rotateRequested ||
    (rotateRequested === true && hasOtherValues && item['rotate_requested'] === undefined)
  );
}
