import type { Item, RecordChange } from '../credential/credential-table.ts';
import type { CredentialRecord } from '../credential/record/record.ts';
import { canonicalText } from '../values/canonical-text.ts';
import { asMap } from '../values/json-map.ts';
import { requireValid } from './check-attributes.ts';
import { readAttributes } from './credential-view.ts';
import { readForWrite } from './read-for-write.ts';
import { type WriteDeps, type WriteRequest, type WrittenCredential, writeChange } from './write-credential.ts';

export interface EditRequest extends WriteRequest {
  /** What is to change, by the record's own names: a value, or null to remove it. `labels` are merged in the same way (RFC 7396). */
  readonly changes: Item;
}

/**
 * Changes what a credential may do. One that has failed is tried again with that.
 *
 * @throws InvalidAttributesError; RecordChangedError `RevisionChanged` with the credential as it is; SesameError `CredentialNotFound`
 */
export async function editCredential(request: EditRequest, deps: WriteDeps): Promise<WrittenCredential> {
  const record = await readForWrite(request, deps);
  const { username, changes: given } = request;
  const { change, attributes } = planEdit(record, given);
  const warnings = requireValid({ username, given, attributes }, deps);
  return await writeChange(request, change, { ...record, warnings }, deps);
}

/** The write that an edit comes to, and what stands on the record then. Pure: also for showing an edit before it is made. */
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
  // An edit is how a person answers a failure. But it enables nothing that is to be off.
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
