import type { MailEvent } from '../../mail-events/mail-event.ts';
import { findMissingEvents } from '../../mail-events/missing-events.ts';
import { type RecipientState, readRecipientStates } from '../../mail-events/recipient-states.ts';
import type { Cell, Tone } from '../command/result.ts';

/** A mail as the API shows it. */
export interface SentMessage {
  readonly message_id: string;
  readonly credential: string | null;
  readonly iam_user?: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly at: string;
  readonly recipients: readonly Recipient[];
  readonly events: readonly SentEvent[];
  readonly verdict: {
    readonly code: string;
    readonly as_of: string;
    readonly senders: readonly { readonly where: string; readonly address: string }[];
  };
  readonly unknown: readonly { readonly code: string; readonly message: string }[];
}

interface Recipient {
  readonly address: string;
  readonly state: RecipientState;
  readonly at?: string;
  /** Null: the list doesn't have it. */
  readonly suppression?: { readonly address: string; readonly reason: string; readonly since?: string } | null;
}

export interface SentEvent {
  readonly type: MailEvent['type'];
  readonly at: string;
  readonly recipients: readonly string[];
  readonly reply?: string;
  readonly status?: string;
  readonly delay_type?: string;
  readonly tried_until?: string;
  readonly bounce_type?: string;
  readonly bounce_sub_type?: string;
  readonly complaint_type?: string;
  readonly reason?: string;
}

/** Puts a mail together again whose events came in several answers. */
export function mergeMessages(earlier: SentMessage, later: SentMessage): SentMessage {
  const byText = new Map([...earlier.events, ...later.events].map((event) => [JSON.stringify(event), event]));
  const events = [...byText.values()].sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  const to = [...new Set([...earlier.to, ...later.to])];
  const readable = events.map(({ type, at, recipients, bounce_type: bounceType, complaint_type: complaintType }) => ({
    type,
    at,
    recipients,
    ...(bounceType === undefined ? {} : { bounceType }),
    ...(complaintType === undefined ? {} : { complaintType }),
  }));
  const known = new Map([...earlier.recipients, ...later.recipients].map((each) => [each.address, each.suppression]));
  const missing = findMissingEvents(to, readable);
  const others = later.unknown.filter(({ code }) => code !== 'SendEventMissing' && code !== 'NoOutcome');
  return {
    ...later,
    to,
    events,
    recipients: readRecipientStates(to, readable).map((standing) => {
      const suppression = known.get(standing.address);
      return { ...standing, ...(suppression === undefined ? {} : { suppression }) };
    }),
    unknown: [...missing, ...others],
  };
}

const tones: Readonly<Record<RecipientState, Tone>> = {
  delivered: 'good',
  accepted: 'dim',
  delayed: 'warning',
  bounced: 'bad',
  complained: 'bad',
  rejected: 'bad',
  unknown: 'warning',
};

/** How the mail stands with all its recipients, in a word each. */
export function stateOfMessage({ recipients }: SentMessage): Cell {
  const counts = new Map<RecipientState, number>();
  for (const { state } of recipients) counts.set(state, (counts.get(state) ?? 0) + 1);
  const text = [...counts].map(([state, count]) => (recipients.length === 1 ? state : `${count} ${state}`)).join(', ');
  const worst = recipients.map(({ state }) => state).find((state) => tones[state] === 'bad') ?? recipients[0]?.state;
  return worst === undefined ? text : { text, tone: tones[worst] };
}

/** The way of the mail to a recipient, as a sentence. */
export function storyOf(
  message: SentMessage,
  { address, state }: Recipient,
): { readonly text: string; readonly tone: Tone } {
  const own = message.events.filter(({ recipients }) =>
    recipients.some((each) => message.to.length === 1 || isSame(each, address)),
  );
  const events = own.map((event) => describeEvent(event, { sentAt: message.at, isOpen: state === 'delayed' }));
  return { text: `${address}: ${events.join(', ') || 'no event yet'}`, tone: tones[state] };
}

/** What decided about the mail, in the other server's words. */
export function lastWords({ events }: SentMessage): string | undefined {
  return events.map(wordsOf).findLast((words) => words !== '');
}

const verbs: Readonly<Record<SentEvent['type'], string>> = {
  Send: 'accepted',
  Reject: 'rejected',
  RenderingFailure: 'not written',
  DeliveryDelay: 'delayed',
  Delivery: 'delivered',
  Bounce: 'bounced',
  Complaint: 'reported as spam',
};

/** Such as `delayed 10:02:11 (4.2.2 mailbox full)`. */
export function describeEvent(
  event: SentEvent,
  { sentAt, isOpen = true }: { readonly sentAt?: string; readonly isOpen?: boolean } = {},
): string {
  const isSameDay = sentAt?.slice(0, 10) === event.at.slice(0, 10);
  const at = isSameDay ? event.at.slice(11, 19) : event.at;
  const until = isOpen && event.tried_until !== undefined ? `SES tries until ${event.tried_until}` : '';
  const words = [wordsOf(event), until].filter(Boolean).join('; ');
  const type = event.bounce_type === undefined ? '' : ` ${bounceWords(event)}`;
  return `${verbs[event.type]}${type} ${at}${words === '' ? '' : ` (${words})`}`;
}

function bounceWords({ bounce_type: type, bounce_sub_type: subType }: SentEvent): string {
  if (subType === 'Suppressed' || subType === 'OnAccountSuppressionList') return 'on the suppression list';
  return type === 'Permanent' ? 'for good' : type === 'Transient' ? 'for now' : '';
}

function wordsOf({ reply, status, delay_type: delay, complaint_type: complaint, reason }: SentEvent) {
  const said = reply?.replace(/^smtp;\s*/i, '') ?? '';
  const code = status === undefined || said.includes(status) ? '' : status;
  const main = [code, said].filter(Boolean).join(' ');
  return [delay, main, complaint, reason].filter(Boolean).join('; ');
}

function isSame(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
