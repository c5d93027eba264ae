import type { CredentialRecord } from '../../credential/record/record.ts';
import { classifyIdentity } from '../../mail-events/caller-identity.ts';
import { judgeSender, needsFreshRecord, type Verdict } from '../../mail-events/sender-verdict.ts';
import type { ReceivedEvent } from '../runtime/read-ses-messages.ts';
import type { ValidatorDeps } from './deps.ts';

/** An event and the verdict on its senders. */
export interface JudgedEvent {
  readonly received: ReceivedEvent;
  readonly verdict: Verdict;
}

/** One user's events, and the record that they were checked against. */
export interface JudgedEvents {
  readonly judged: readonly JudgedEvent[];
  readonly record: CredentialRecord | undefined;
}

/** The IAM user that sent a mail, if its name has our form. */
export function iamUserNameOf({ event }: ReceivedEvent): string | undefined {
  const identity = classifyIdentity(event.callerIdentity);
  return identity.kind === 'own-form' ? identity.iamUserName : undefined;
}

/**
 * Checks one user's events against the cached record. Verdicts against the user are confirmed on a fresh record, which
 * is read once for all events.
 */
export async function judgeEvents(
  iamUserName: string | undefined,
  events: readonly ReceivedEvent[],
  deps: Pick<ValidatorDeps, 'credentialCache' | 'missingRecords' | 'propagationSeconds' | 'scope' | 'envelope' | 'now'>,
): Promise<JudgedEvents> {
  const { credentialCache } = deps;
  const kept = iamUserName === undefined ? undefined : await credentialCache.find(iamUserName);
  const judge = (record: CredentialRecord | undefined) => (received: ReceivedEvent) => ({
    received,
    verdict: judgeSender(received.event, record, deps),
  });
  const judged = events.map(judge(kept));
  if (iamUserName === undefined || !judged.some(({ verdict }) => needsFreshRecord(verdict))) {
    return { judged, record: kept };
  }
  const fresh = await credentialCache.findFresh(iamUserName);
  const rejudged = judged.map((each) => (needsFreshRecord(each.verdict) ? judge(fresh)(each.received) : each));
  return { judged: await forgiveLastMails(iamUserName, rejudged, deps), record: fresh };
}

/**
 * A record may have been deleted just after a mail was sent. Only mail that is sent well after the record was first
 * missing proves that the key still works.
 */
async function forgiveLastMails(
  iamUserName: string,
  judged: readonly JudgedEvent[],
  { missingRecords, propagationSeconds }: Pick<ValidatorDeps, 'missingRecords' | 'propagationSeconds'>,
): Promise<readonly JudgedEvent[]> {
  const isMissing = judged.some(({ verdict }) => verdict.verdict === 'record-missing');
  if (!isMissing || propagationSeconds === 0) return judged;
  const certainMs = (await missingRecords.since(iamUserName)) + propagationSeconds * 1000;
  return judged.map(({ received, verdict }) => {
    const { sentAtMs, atMs } = received.event;
    const isForgiven = verdict.verdict === 'record-missing' && (sentAtMs ?? atMs) <= certainMs;
    return isForgiven
      ? { received, verdict: { verdict: 'changed-since', username: iamUserName, senders: [], moreSenders: 0 } }
      : { received, verdict };
  });
}
