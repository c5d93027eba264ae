import { canonicalText } from '../../values/canonical-text.ts';
import type { Item, RecordChange, WriteResult } from '../credential-table.ts';
import { SesameError } from '../errors.ts';
import { type GuardedValue, guardRevision, isToBeOff, revisionOf } from './revision.ts';

/** How often a write is tried whose condition fails because the system wrote meanwhile. Reconciling a record takes two writes. */
const maxTries = 6;

/** One record, and how it is changed. */
export interface RecordAccess {
  /** The record as it stands now; undefined when there is none. */
  readonly read: () => Promise<Item | undefined>;
  /** Writes if all of this still holds. */
  readonly write: (guard: readonly GuardedValue[]) => Promise<WriteResult>;
}

/**
 * Changes a record if its revision is still the expected one. Otherwise the result holds the record as it stands, and nothing was written. An
 * edit that finds its own values there counts as written: its first answer was lost.
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
    isDone: (item) => holds(item, change),
    whenGone: { written: false, item: undefined },
  });
}

/**
 * Deletes a record if its revision is still the expected one. One that was there at first and is gone then counts as deleted: the first
 * answer was lost, or somebody else wanted the same.
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
  for (let tries = 0; tries < maxTries; tries += 1) {
    if (revisionOf(item) !== expectedRevision) return { written: isDone(item), item };
    const result = await write(guardRevision(item, touched));
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

/** Whether a record is as an edit wanted it, up to what the system makes of that: `pending` becomes `active`, and a rotation gets done. */
function holds(item: Item, { set, remove }: RecordChange): boolean {
  const { status, rotate_requested: rotateRequested, ...others } = set;
  const isSame = Object.entries(others).every(([name, value]) => canonicalText(item[name]) === canonicalText(value));
  if (!isSame || remove.some((name) => item[name] !== undefined)) return false;
  if (status !== undefined && (status === 'disabled') !== isToBeOff(item)) return false;
  const isTold = Object.keys(others).length > 0;
  return (
    rotateRequested === undefined ||
    item['rotate_requested'] === rotateRequested ||
    (rotateRequested === true && isTold && item['rotate_requested'] === undefined)
  );
}
