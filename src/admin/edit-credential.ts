import type { Item, RecordChange } from '../credential/credential-table.ts';
import type { CredentialRecord } from '../credential/record/record.ts';
import { canonicalText } from '../values/canonical-text.ts';
import { asMap } from '../values/json-map.ts';
import { requireValid } from './check-attributes.ts';
import { credentialContained } from './credential-contained.ts';
import { readAttributes } from './credential-view.ts';
import { readForWrite } from './read-for-write.ts';
import { type WriteDeps, type WriteRequest, type WrittenCredential, writeChange } from './write-credential.ts';

export interface EditRequest extends WriteRequest {
  /**
   * Changes by attribute name: a new value, or null to remove the attribute. `labels` are merged in the same way (RFC
   * 7396).
   */
  readonly changes: Item;
}

/**
 * Changes a credential's attributes. A failed credential is retried with the change. A contained one is not enabled.
 *
 * @throws InvalidAttributesError; RecordChangedError `RevisionChanged` with the current credential; SesameError
 * `CredentialNotFound`, `CredentialContained`
 */
export async function editCredential(request: EditRequest, deps: WriteDeps): Promise<WrittenCredential> {
  const record = await readForWrite(request, deps);
  const { username, changes: given } = request;
  const { change, attributes } = planEdit(record, given);
  const warnings = requireValid({ username, given, attributes }, deps);
  if (change.set['status'] === 'pending' && record.item['contained'] !== undefined) throw credentialContained(username);
  return await writeChange(request, change, { ...record, warnings }, deps);
}

/** Plans the write of an edit, and the attributes after it. Pure, so that it can also preview an edit. */
export function planEdit(
  record: CredentialRecord,
  given: Item,
): { readonly change: RecordChange; readonly attributes: Item } {
  const before = readAttributes(record.item);
  const changes = Object.entries(given)
    .map(([name, value]) => [name, name === 'labels' ? mergeLabels(before[name], value) : value] as const)
    .filter(([name, value]) => canonicalText(before[name] ?? null) !== canonicalText(value ?? null));
  const set: Record<string, unknown> = Object.fromEntries(changes.filter(([, value]) => isValue(value)));
  const remove = changes.filter(([, value]) => !isValue(value)).map(([name]) => name);
  // An edit answers a failure, so the record is retried. But it never enables a record that should be off.
  const isRetry = changes.length > 0 && record.status === 'failed' && !record.isToBeOff;
  if (isRetry && given['status'] === undefined) set['status'] = 'pending';
  const attributes: Record<string, unknown> = { ...before, ...set };
  for (const name of remove) delete attributes[name];
  return { change: { set, remove }, attributes };
}

function isValue(value: unknown): boolean {
  return value !== null && value !== undefined;
}

function mergeLabels(before: unknown, value: unknown): unknown {
  const patch = asMap(value);
  if (patch === undefined) return value;
  const merged = Object.entries({ ...asMap(before), ...patch }).filter(([, text]) => isValue(text));
  return merged.length === 0 ? null : Object.fromEntries(merged);
}
