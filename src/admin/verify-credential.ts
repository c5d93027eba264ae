import { EVENT_SOURCE } from '../credential/credential-event.ts';
import type { CredentialTable } from '../credential/credential-table.ts';
import { SesameError } from '../credential/errors.ts';
import { buildEventDetail } from '../credential/record/event-detail.ts';
import type { MessageBox } from '../dead-letter/message-box.ts';
import { requireRecord } from './require-record.ts';

export interface VerifyCredentialDeps {
  readonly credentials: Pick<CredentialTable, 'read'>;
  readonly targets: { readonly verifications: Pick<MessageBox, 'send'> };
  readonly table: string;
  readonly newId: () => string;
  readonly now: () => number;
}

/**
 * Asks the verifier to log in with the current key. It does nothing if a login with this key has succeeded before.
 *
 * @throws SesameError `CredentialNotFound`, permanent; `CredentialNotActive`, conflict; or what SQS throws
 */
export async function verifyCredential(
  { username }: { readonly username: string },
  { credentials, targets, table, newId, now }: VerifyCredentialDeps,
): Promise<{ readonly correlationId: string; readonly isVerified: boolean }> {
  const { item, status, accessKeyId, isVerified } = await requireRecord(username, credentials);
  if (status !== 'active' || accessKeyId === undefined) {
    throw new SesameError(
      'CredentialNotActive',
      'conflict',
      `The credential ${username} isn't active, so there is no login to try.`,
    );
  }
  const correlationId = newId();
  if (isVerified) return { correlationId, isVerified };
  // The verifier reads events of Sesame. This one goes to its queue only: nothing was enabled.
  const detail = {
    ...buildEventDetail({ table, username, atMs: now(), correlationId }, item),
    access_key_id: accessKeyId,
  };
  await targets.verifications.send({
    body: JSON.stringify({ source: EVENT_SOURCE, 'detail-type': 'enabled', detail }),
    attributes: {},
  });
  return { correlationId, isVerified };
}
