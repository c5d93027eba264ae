import { type SmtpReply, sesReplies } from './ses-replies.ts';

/** What can be played to test how a mail program copes. `suppressed` and `message-id` accept the message. */
export type Trouble = keyof typeof replies | 'suppressed' | 'message-id';

/** When the endpoint replies with a trouble. */
type Moment = 'recipient' | 'message';

const replies = {
  '454': { at: 'message', reply: sesReplies.sendingRateExceeded },
  '454-daily': { at: 'message', reply: sesReplies.dailyQuotaExceeded },
  '451': { at: 'message', reply: sesReplies.serviceFailure },
  '451-idle': { at: 'recipient', reply: sesReplies.idleTooLong },
  '421': { at: 'recipient', reply: sesReplies.tooManyConnections },
} as const satisfies Readonly<Record<string, { readonly at: Moment; readonly reply: () => SmtpReply }>>;

/** With `--chaos`, one mail in so many has a trouble. */
const mailsPerTrouble = 5;

/** In which order `--chaos` plays them. */
const inTurn: readonly Trouble[] = ['454', '451-idle', '451', '421', 'suppressed', '454-daily'];

/**
 * The trouble that a recipient `chaos+LABEL@simulator.amazonses.com` asks for. These addresses exist here only: on AWS the label is
 * ignored, and the address is unknown.
 */
export function troubleOf(recipient: string): Trouble | undefined {
  const label = /^chaos\+([^@]*)@simulator\.amazonses\.com$/i.exec(recipient)?.[1]?.toLowerCase() ?? '';
  return isTrouble(label) ? label : undefined;
}

function isTrouble(label: string): label is Trouble {
  return Object.hasOwn(replies, label) || label === 'suppressed' || label === 'message-id';
}

/** The reply that a trouble gives at this point of the dialogue. */
export function replyOf(trouble: Trouble | undefined, at: Moment): SmtpReply | undefined {
  if (trouble === undefined || trouble === 'suppressed' || trouble === 'message-id') return undefined;
  const { at: moment, reply } = replies[trouble];
  return moment === at ? reply() : undefined;
}

/** Gives every fifth mail a trouble, one kind after the other: a repeated try of the same mail is then accepted. */
export function createChaos(): { readonly next: () => Trouble | undefined } {
  let mails = 0;
  return {
    next() {
      mails += 1;
      if (mails % mailsPerTrouble !== 0) return undefined;
      return inTurn[(mails / mailsPerTrouble - 1) % inTurn.length];
    },
  };
}
