import { createHash } from 'node:crypto';
import { canonicalText } from '../../values/canonical-text.ts';
import type { Item } from '../credential-table.ts';
import { readRecord } from './record.ts';
import { specAttributeNames } from './spec-attribute-names.ts';

/** `status` is also the system's answer, and a rotation that was asked for and is done isn't asked for any more. */
const attributes = specAttributeNames.filter((name) => name !== 'status' && name !== 'rotate_requested');

/**
 * Names what administrators ask for on a record: all their attributes as they stand, valid or not, and whether it is to be off. It is computed
 * and not stored, so an edit by hand changes it too. What the system writes leaves it as it is: claims, results, failures, a rotation that
 * is done. But a suspension changes it, because whoever edits the record then has to see it first.
 *
 * @returns 22 characters of base64url, to be compared and nothing else
 */
export function revisionOf(item: Item): string {
  const parts = attributes.flatMap((name) =>
    item[name] === undefined ? [] : [`${name} ${canonicalText(item[name])}`],
  );
  return createHash('sha256')
    .update(JSON.stringify([isToBeOff(item), ...parts]))
    .digest('base64url')
    .slice(0, 22);
}

/** Whether a record is to be off: see `CredentialRecord.isToBeOff`. */
export function isToBeOff(item: Item): boolean {
  return readRecord('', item).isToBeOff;
}

/** A value on a record, by the names that lead to it, that must not have changed. Undefined: there must be none. */
export interface GuardedValue {
  readonly path: readonly string[];
  readonly value: unknown;
}

/**
 * What a conditional write has to ask for, so that it meets the record with the revision that was read: more than the revision holds (the
 * whole `status`), since a condition can't compute. `more`: attributes that the write changes.
 */
export function guardRevision(item: Item, more: Iterable<string> = []): GuardedValue[] {
  const names = new Set<string>([...attributes, 'status', ...more]);
  const failure = item['failure'];
  const wish = typeof failure === 'object' && failure !== null ? (failure as Item)['wish'] : undefined;
  return [
    ...[...names].map((name) => ({ path: [name], value: item[name] })),
    // A `disabled` that could not be carried out is noted here.
    ...(names.has('failure') ? [] : [{ path: ['failure', 'wish'], value: wish }]),
  ];
}
