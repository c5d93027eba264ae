import { classifyIdentity } from '../../sending/caller-identity.ts';
import { judgeSender, needsFreshRecord, type Verdict } from '../../sending/sender-verdict.ts';
import type { CredentialFinder } from '../credential-finder.ts';
import type { ReceivedEvent } from '../sending-messages.ts';

/** An event and what was found about its senders. */
export interface JudgedEvent {
  readonly received: ReceivedEvent;
  readonly verdict: Verdict;
}

/** The name of the IAM user that sent a mail, when it is named as ours are. */
export function iamUserNameOf({ event }: ReceivedEvent): string | undefined {
  const identity = classifyIdentity(event.callerIdentity);
  return identity.kind === 'own-form' ? identity.iamUserName : undefined;
}

/**
 * Judges one user's events by the record that is kept. What would be held against the user is judged again by the record as it
 * stands now, which is read once for all of them.
 */
export async function judgeEvents(
  iamUserName: string | undefined,
  events: readonly ReceivedEvent[],
  { finder, settleSeconds }: { readonly finder: CredentialFinder; readonly settleSeconds: number },
): Promise<JudgedEvent[]> {
  const kept = iamUserName === undefined ? undefined : await finder.find(iamUserName);
  const judged = events.map((received) => ({
    received,
    verdict: judgeSender(received.event, kept, { settleSeconds }),
  }));
  if (iamUserName === undefined || !judged.some(({ verdict }) => needsFreshRecord(verdict))) return judged;
  const fresh = await finder.findFresh(iamUserName);
  return judged.map(({ received, verdict }) => ({
    received,
    verdict: needsFreshRecord(verdict) ? judgeSender(received.event, fresh, { settleSeconds }) : verdict,
  }));
}
