import type { OutcomeReport } from '../../admin/outcome-report.ts';
import type { SystemCredentialTable } from '../../credential/credential-table.ts';
import type { Outcome } from '../../credential/reconcile/contract.ts';
import { buildEventDetail } from '../../credential/record/event-detail.ts';
import { readRecord } from '../../credential/record/record.ts';
import type { Transition } from '../../credential/transition.ts';
import type { ReconcilingDeps } from './wire-reconciling.ts';

/** A record whose `encrypted_password` somebody else wrote. */
export interface EditedPassword {
  readonly username: string;
  readonly correlationId: string;
  /** The new ciphertext. Undefined if it is unknown, because a dead letter holds no ciphertext. */
  readonly encryptedPassword?: unknown;
}

/**
 * The roles that reconcile cannot decrypt, so they cannot check whether an edited ciphertext still holds the key's
 * password. Only a login can. This clears the earlier proof, whatever the record's status or claim, so that the
 * verifier tests the key once it is active again.
 *
 * @throws SesameError when the table can't be reached: then the work has to be remembered
 */
export async function clearLoginProof(
  { username, encryptedPassword }: EditedPassword,
  credentials: SystemCredentialTable,
): Promise<void> {
  const condition = encryptedPassword === undefined ? {} : { encrypted_password: encryptedPassword };
  await credentials.updateUnclaimed(username, { set: {}, remove: ['verified_at'] }, condition);
}

/** Transitions whose own events trigger the verifier. */
const verifyingTransitions: readonly (Transition | undefined)[] = [
  'activated',
  'recreated',
  'enabled',
  'rotated',
  'rotation-undone',
];

/** Requests a new verification if the record is active after the reconcile and still has the edited ciphertext. */
export function requestVerificationOfEdit(
  { username, correlationId, encryptedPassword }: EditedPassword,
  outcome: Outcome,
  report: OutcomeReport,
  deps: Pick<ReconcilingDeps, 'reconcileDeps' | 'now'>,
): void {
  if (outcome.result !== 'converged' || verifyingTransitions.includes(outcome.transition)) return;
  const record = readRecord(username, outcome.item);
  // A key that was created in the meantime has another password and is verified anyway.
  const isOther = encryptedPassword !== undefined && record.encryptedPassword !== encryptedPassword;
  if (record.status !== 'active' || record.accessKeyId === undefined || isOther) return;
  report.addEvent({
    type: 'activated',
    detail: {
      ...buildEventDetail(
        { table: deps.reconcileDeps.settings.table, username, atMs: deps.now(), correlationId },
        outcome.item,
      ),
      status: 'active',
      access_key_id: record.accessKeyId,
      reason: 'Somebody edited encrypted_password; the new password must log in once more.',
    },
  });
}
