import { createHash } from 'node:crypto';
import { canonicalText } from '../../values/canonical-text.ts';
import type { Item } from '../credential-table.ts';
import { readRecord } from './record.ts';
import { specAttributeNames } from './spec-attribute-names.ts';

/**
 * Without `status`, which the system writes too. Without `rotate_requested`, which the system removes when the rotation
 * is done.
 */
const attributes = specAttributeNames.filter((name) => name !== 'status' && name !== 'rotate_requested');

/**
 * Identifies the spec of a record: all attributes of the administrator as they are, valid or not, and whether the
 * credential should be off. It is computed, not stored, so an edit by hand changes it too. Claims, results, failures
 * and finished rotations don't change it. A suspension does, so that nobody edits the record without having seen the
 * suspension.
 *
 * @returns 22 characters of base64url, only for comparisons
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

/** Whether a record should be off: see `CredentialRecord.isToBeOff`. */
export function isToBeOff(item: Item): boolean {
  return readRecord('', item).isToBeOff;
}

/** A value that must not have changed, and its path in the record. Undefined: it must not exist. */
export interface GuardedValue {
  readonly path: readonly string[];
  readonly value: unknown;
}

/**
 * The values that a conditional write must compare to be sure that the record still has the revision that was read.
 * They include more than the revision (all of `status`), because a condition can't compute. `more`: the attributes that
 * the write changes.
 */
export function guardRevision(item: Item, more: Iterable<string> = []): GuardedValue[] {
  const names = new Set<string>([...attributes, 'status', ...more]);
  const failure = item['failure'];
  const wish = typeof failure === 'object' && failure !== null ? (failure as Item)['wish'] : undefined;
  return [
    ...[...names].map((name) => ({ path: [name], value: item[name] })),
    // An unfinished request to disable is stored here.
    ...(names.has('failure') ? [] : [{ path: ['failure', 'wish'], value: wish }]),
  ];
}
