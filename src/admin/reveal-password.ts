import type { EventPublisher } from '../credential/credential-event.ts';
import { SesameError } from '../credential/errors.ts';
import { type RevealCounter, readReveals } from '../credential/iam/reveal-counter.ts';
import { buildEventDetail } from '../credential/record/event-detail.ts';
import { decryptPassword, type ReadPasswordDeps, requirePassword, type SmtpLoginData } from './read-password.ts';
import type { Requester } from './write-credential.ts';

export interface RevealPasswordDeps extends ReadPasswordDeps {
  readonly reveals: RevealCounter;
  readonly events: EventPublisher;
  readonly newId: () => string;
  readonly now: () => number;
}

/** How often somebody else's reveal may be counted first: each time one of them succeeds, so this many may ask at once. */
const maxAttempts = 50;

/**
 * Reads the SMTP password for a person or a program, counts that on the record, and publishes an event before the password is shown.
 *
 * @throws SesameError as `readPassword`; permanent `RevealLimitReached`; conflict `RecordKeepsChanging`; or what EventBridge throws
 */
export async function revealPassword(
  { username, requestedBy, requestedFrom = 'unknown' }: Requester & { readonly username: string },
  deps: RevealPasswordDeps,
): Promise<SmtpLoginData> {
  for (let attempts = 0; attempts < maxAttempts; attempts += 1) {
    const ready = await requirePassword(username, deps);
    const { item, accessKeyId } = ready;
    const limit = item['reveal_limit'];
    const count = readReveals(item['reveals'], accessKeyId);
    if (typeof limit === 'number' && count >= limit) throw limitReached(username, limit);
    if (!(await deps.reveals.count(username, accessKeyId, item['reveals']))) continue;
    const correlationId = deps.newId();
    const detail = buildEventDetail({ table: deps.table, username, atMs: deps.now(), correlationId }, item);
    await deps.events.publish([
      {
        type: 'revealed',
        detail: { ...detail, access_key_id: accessKeyId, requested_by: requestedBy, requested_from: requestedFrom },
      },
    ]);
    return await decryptPassword(ready, deps);
  }
  throw new SesameError(
    'RecordKeepsChanging',
    'conflict',
    `The record of ${username} changed again and again. No password was shown. Try again in a moment.`,
  );
}

function limitReached(username: string, limit: number): SesameError {
  return new SesameError(
    'RevealLimitReached',
    'permanent',
    `The password of ${username} has been read ${limit} times, which is its reveal_limit. Rotate the credential, or raise the limit.`,
  );
}
