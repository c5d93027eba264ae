import { domainToUnicode } from 'node:url';
import { SesameError } from '../credential/errors.ts';
import { buildIamUserName, isIamUserNameOf, validateUsername } from '../credential/iam/iam-user-name.ts';
import { parseMailbox } from '../mail-events/address-list.ts';
import { classifyIdentity } from '../mail-events/caller-identity.ts';
import { findClientMessageId } from '../mail-events/client-message-id.ts';
import { withSomeTextInAnyCase, withText } from '../mail-events/log-pattern.ts';
import type { MailReport } from '../mail-events/mail-report.ts';
import { readRecipient } from '../mail-events/recipients.ts';
import { findSesMessageId } from '../mail-events/ses-message-id.ts';

/** What the sought mails have in common. All that is given must fit. */
export interface MessageWishes {
  /** SES's id in any form, a line that holds it, or the Message-ID that the mail's program gave. */
  readonly messageId?: string | undefined;
  readonly recipient?: string | undefined;
  /** The credential that sent it. */
  readonly username?: string | undefined;
}

/** The wishes as CloudWatch Logs and we look for them. */
export interface MessageQuery {
  /** Finds all that is wanted, and perhaps more. */
  readonly pattern: string;
  readonly fits: (report: MailReport) => boolean;
  /** When SES took the mail, as its id says. Milliseconds since the epoch. */
  readonly sentAtMs: number | undefined;
  /** The recipient as events are compared by it. */
  readonly recipient: string | undefined;
}

/** A pattern has at most 1,024 characters, and each letter in any case takes four. */
const maxAddressSign = 100;
/** A quotation mark takes four: it is escaped in JSON and again in the pattern. */
const maxIdSign = 200;

/** @throws SesameError `InvalidMessageId`, `InvalidAddress`, `InvalidUsername`, permanent */
export function readMessageQuery({ messageId, recipient, username }: MessageWishes): MessageQuery {
  const parts = [
    ...(messageId === undefined ? [] : [byMessageId(messageId)]),
    ...(recipient === undefined ? [] : [byRecipient(recipient)]),
    ...(username === undefined ? [] : [byCredential(username)]),
  ];
  return {
    // The first is the rarest. The others are checked on what it finds.
    pattern: parts[0]?.pattern ?? '',
    fits: (report) => parts.every((part) => part.fits(report)),
    sentAtMs: messageId === undefined ? undefined : findSesMessageId(messageId)?.sentAtMs,
    recipient: recipient === undefined ? undefined : readRecipient(recipient),
  };
}

type Part = Pick<MessageQuery, 'pattern' | 'fits'>;

function byMessageId(text: string): Part {
  const ses = findSesMessageId(text);
  if (ses !== undefined)
    return { pattern: withText(ses.id), fits: ({ event }) => event.messageId.toLowerCase() === ses.id };
  const client = findClientMessageId(text);
  if (client === undefined) {
    throw new SesameError(
      'InvalidMessageId',
      'permanent',
      'There is no message id in this. Give the id from "250 Ok ID", the whole line that has it, or the Message-ID of the mail with its @.',
    );
  }
  // As it stands in JSON. Its beginning is rare enough, and fits into a pattern whatever it holds.
  const pattern = withText(JSON.stringify(client.slice(0, maxIdSign)).slice(1, -1));
  return { pattern, fits: ({ clientMessageIds }) => clientMessageIds.includes(client) };
}

function byRecipient(text: string): Part {
  const mailbox = parseMailbox(text.trim());
  if (mailbox === undefined) {
    throw new SesameError('InvalidAddress', 'permanent', `${JSON.stringify(text.slice(0, 100))} is no address.`);
  }
  const address = readRecipient(mailbox.address);
  const at = address.lastIndexOf('@') + 1;
  // Events have what the client wrote: the domain in either form.
  const written = [address, address.slice(0, at) + domainToUnicode(address.slice(at))];
  const signs = [...new Set(written)].map((each) => each.slice(-maxAddressSign));
  return {
    pattern: withSomeTextInAnyCase(signs),
    fits: ({ event }) => event.destination.some((each) => readRecipient(each) === address),
  };
}

function byCredential(username: string): Part {
  validateUsername(username);
  // Whatever its time of making: a credential may have had several IAM users.
  const anyTime = 1_000_000_000_000;
  const beginning = buildIamUserName(username, anyTime).slice(0, -String(anyTime).length);
  return {
    pattern: withText(beginning),
    fits({ event }) {
      const identity = classifyIdentity(event.callerIdentity);
      return identity.kind === 'own-form' && isIamUserNameOf(username, identity.iamUserName);
    },
  };
}
