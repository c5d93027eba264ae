import type { CredentialTable, Item, RecordChange } from '../credential/credential-table.ts';
import type { SpecFault } from '../credential/record/spec-attribute.ts';
import type { CheckDeps } from './check-attributes.ts';
import { type CredentialView, viewCredential } from './credential-view.ts';
import { revisionChanged } from './record-changed-error.ts';

export interface WriteDeps extends CheckDeps {
  readonly credentials: Pick<CredentialTable, 'read' | 'insert' | 'edit' | 'remove'>;
}

/** Which credential is to be changed, and by whom. */
export interface WriteRequest {
  readonly username: string;
  /** Who asks: an ARN or a name. It stands on the record, and in its events. */
  readonly requestedBy: string;
  /** The revision that the caller has seen: with another one nothing is written. */
  readonly expectedRevision?: string | undefined;
}

/** A credential after a write. */
export interface WrittenCredential extends CredentialView {
  /** Nothing had to be written: it was so already. */
  readonly isUnchanged: boolean;
  /** What works, and its writer may not have meant. */
  readonly warnings: readonly SpecFault[];
}

/** Who asked for a change, and when: attributes of the record. */
export function attributionOf({ requestedBy }: Pick<WriteRequest, 'requestedBy'>, nowMs: number): Item {
  return { requested_by: requestedBy, requested_at: new Date(nowMs).toISOString() };
}

/**
 * Writes a change on the revision that was read, with who asked for it. An empty change writes nothing.
 *
 * @throws RecordChangedError `RevisionChanged`; SesameError `CredentialNotFound`
 */
export async function writeChange(
  request: WriteRequest,
  change: RecordChange,
  read: { readonly item: Item; readonly revision: string; readonly warnings?: readonly SpecFault[] },
  { credentials, now }: WriteDeps,
): Promise<WrittenCredential> {
  const { username } = request;
  const { item, revision, warnings = [] } = read;
  const nowMs = now();
  if (Object.keys(change.set).length === 0 && change.remove.length === 0) {
    return { ...viewCredential(username, item, nowMs), isUnchanged: true, warnings };
  }
  const signed = { ...change, set: { ...change.set, ...attributionOf(request, nowMs) } };
  const result = await credentials.edit(username, signed, revision);
  if (!result.written) throw revisionChanged(username, result.item, nowMs);
  return { ...viewCredential(username, result.item, nowMs), isUnchanged: false, warnings };
}
