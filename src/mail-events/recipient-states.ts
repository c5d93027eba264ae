import type { MailEvent } from './mail-event.ts';
import { readRecipient } from './recipients.ts';

/**
 * How a mail stands with a recipient. `accepted`: SES took it, and nothing else is known. `unknown`: not even that. SES's delivery of events is
 * best effort, so a missing event proves nothing.
 */
export type RecipientState = 'accepted' | 'delivered' | 'bounced' | 'delayed' | 'complained' | 'rejected' | 'unknown';

export interface RecipientStanding {
  readonly address: string;
  readonly state: RecipientState;
  /** When the event was that decides (ISO 8601). */
  readonly at?: string;
}

type Event = Pick<MailEvent, 'type' | 'at' | 'recipients' | 'bounceType' | 'complaintType'>;

/** What decides, from the strongest on. Order in time doesn't matter: events may come in any. */
const rules: readonly { readonly state: RecipientState; readonly holds: (event: Event) => boolean }[] = [
  { state: 'rejected', holds: ({ type }) => type === 'Reject' || type === 'RenderingFailure' },
  // A recipient may also report that a mail is no spam.
  { state: 'complained', holds: ({ type, complaintType }) => type === 'Complaint' && complaintType !== 'not-spam' },
  // A server may take a mail, and bounce it later.
  { state: 'bounced', holds: ({ type, bounceType }) => type === 'Bounce' && bounceType === 'Permanent' },
  // After a delivery, other bounces are automatic replies.
  { state: 'delivered', holds: ({ type }) => type === 'Delivery' },
  { state: 'bounced', holds: ({ type }) => type === 'Bounce' },
  { state: 'delayed', holds: ({ type }) => type === 'DeliveryDelay' },
  { state: 'accepted', holds: ({ type }) => type === 'Send' },
];

/** States after which nothing more is needed to say where the mail is. */
export function isFinal(state: RecipientState): boolean {
  return state !== 'accepted' && state !== 'delayed' && state !== 'unknown';
}

/** How a mail stands with each of its recipients. */
export function readRecipientStates(to: readonly string[], events: readonly Event[]): RecipientStanding[] {
  return to.map((address) => {
    const own = events.filter((event) => isAbout(event, address, to));
    for (const { state, holds } of rules) {
      const decisive = own.filter(holds).at(-1);
      if (decisive !== undefined) return { address, state, at: decisive.at };
    }
    return { address, state: 'unknown' };
  });
}

/** A report may name the address to which a recipient forwards the mail: where there is one recipient only, it is about that one. */
function isAbout({ type, recipients }: Event, address: string, to: readonly string[]): boolean {
  const named = recipients.map(readRecipient);
  if (named.includes(readRecipient(address))) return true;
  // A bounce that names nobody is an automatic reply.
  return to.length === 1 && named.length > 0 && type !== 'Send';
}
