import type { CredentialTable, Item, RecordChange } from '../credential/credential-table.ts';
import type { SpecFault } from '../credential/record/spec-attribute.ts';
import type { CheckDeps } from './check-attributes.ts';
import { type CredentialView, viewCredential } from './credential-view.ts';
import { revisionChanged } from './record-changed-error.ts';

export interface WriteDeps extends CheckDeps {
  readonly credentials: Pick<CredentialTable, 'read' | 'insert' | 'edit' | 'remove'>;
}

/** Who asks for a change. Written on the record and its events. */
export interface Requester {
  /** An ARN or a name. */
  readonly requestedBy: string;
  /** An IP address; not known by default. */
  readonly requestedFrom?: string | undefined;
}

/** Identifies the credential to change, and the requester. */
export interface WriteRequest extends Requester {
  readonly username: string;
  /** The revision that the caller saw. If it has changed, nothing is written. */
  readonly expectedRevision?: string | undefined;
}

/** A credential after a write. */
export interface WrittenCredential extends CredentialView {
  /** True if the record already had this content. */
  readonly isUnchanged: boolean;
  /** Valid settings that may be unintended. */
  readonly warnings: readonly SpecFault[];
}

/** The record's attributes for the requester and the time of a change. */
export function attributionOf({ requestedBy, requestedFrom = 'unknown' }: Requester, nowMs: number): Item {
  return { requested_by: requestedBy, requested_from: requestedFrom, requested_at: new Date(nowMs).toISOString() };
}

/**
 * Writes a change and its requester if the record still has the revision that was read. An empty change writes nothing.
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
