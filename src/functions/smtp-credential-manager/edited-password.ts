import { type Item, readRecord } from '../../credential/record.ts';
import { logMessages } from '../../observability/log-catalogue.ts';
import { describeError, type OutcomeReport, toSesameError } from '../outcome-report.ts';
import type { ManagerDeps } from './deps.ts';
import type { Look } from './look.ts';

/**
 * The manager can't decrypt, so it can't tell whether a ciphertext that somebody else wrote still holds the key's password. Only a login
 * tells: the proof of the earlier one goes, and the verifier is asked for a new one.
 */
export async function askToVerifyEditedPassword(
  { editedPassword, trigger, correlationId }: Look,
  item: Item,
  report: OutcomeReport,
  deps: ManagerDeps,
): Promise<void> {
  const { username } = trigger;
  const record = readRecord(username, item);
  // A key that was made meanwhile has another password, and is verified anyway.
  if (record.status !== 'active' || editedPassword === undefined || record.encryptedPassword !== editedPassword) return;
  const condition = { status: 'active', encrypted_password: editedPassword };
  const noted = await deps.reconcileDeps.credentials
    .note(username, { set: {}, remove: ['verified_at'] }, condition)
    .catch(toSesameError);
  if (noted instanceof Error) {
    // The record is right, and the next edit or sweep may ask again.
    deps.observability.log('warn', logMessages.verificationNotAsked, {
      correlation_id: correlationId,
      username,
      ...describeError(noted),
    });
    return;
  }
  if (!noted.written || record.accessKeyId === undefined) return;
  report.addEvent({
    type: 'activated',
    detail: {
      table: deps.reconcileDeps.settings.table,
      username,
      at: new Date(deps.now()).toISOString(),
      correlation_id: correlationId,
      status: 'active',
      access_key_id: record.accessKeyId,
      reason: 'Somebody edited encrypted_password; the key is asked to log in once more.',
    },
  });
}
