import { domainToASCII } from 'node:url';
import type { SMTPServerAddress, SMTPServerOptions, SMTPServerSession } from 'smtp-server';
import { type AcceptingContext, acceptMessage } from './accept-message.ts';
import { logIn } from './log-in.ts';
import type { AcceptedMail } from './mailbox.ts';
import { isAddress } from './read-headers.ts';
import { type MessageBudget, readMessage } from './read-message.ts';
import { SmtpReply, sesReplies } from './ses-replies.ts';
import { replyOf, type Trouble, troubleOf } from './simulated-trouble.ts';
import type { SmtpEndpointEvent } from './smtp-endpoint-events.ts';

export interface SessionHandlersOptions {
  readonly context: AcceptingContext;
  readonly tls: 'starttls' | 'implicit';
  readonly maxBytes: number;
  readonly budget: MessageBudget;
  readonly isCrowded: () => boolean;
  /** What is played with the next mail. */
  readonly nextTrouble: () => Trouble | undefined;
  /** Keeps the mail. An error becomes a 451. */
  readonly keep: (mail: AcceptedMail) => void;
  readonly onEvent: (event: SmtpEndpointEvent) => void;
}

type SessionHandlers = Required<Pick<SMTPServerOptions, 'onConnect' | 'onAuth' | 'onMailFrom' | 'onRcptTo' | 'onData'>>;

/** smtp-server's callbacks for a session. */
export function createSessionHandlers(options: SessionHandlersOptions): SessionHandlers {
  const { context, tls, maxBytes, budget, onEvent } = options;

  /** Of the mail that a session is about to send. */
  const troubles = new WeakMap<SMTPServerSession, Trouble>();

  /** Turns every failure into a reply, and logs what the client must not see. */
  const toReply = (error: unknown): SmtpReply => {
    const reply = error instanceof SmtpReply ? error : sesReplies.serviceFailure();
    const hidden = reply === error ? reply.cause : error;
    if (hidden !== undefined) {
      onEvent({ kind: 'error', message: hidden instanceof Error ? hidden.message : String(hidden) });
    }
    return reply;
  };

  return {
    onConnect: (_session, done) => done(options.isCrowded() ? sesReplies.tooManyConnections() : null),

    onAuth({ username = '', password = '', authcid, authzid }, _session, done) {
      // A key may act only for itself (https://www.rfc-editor.org/rfc/rfc4616#section-2). What SES does isn't known.
      if (authzid && authzid !== authcid) {
        const reply = sesReplies.credentialsInvalid();
        onEvent({ kind: 'login-refused', accessKeyId: (authcid || authzid).slice(0, 128), reply: reply.message });
        done(reply);
        return;
      }
      logIn(context.accounts, { username: username ?? '', password: password ?? '', region: context.region }).then(
        ({ accessKeyId, userName }) => {
          onEvent({ kind: 'login', accessKeyId, userName });
          done(null, { user: { accessKeyId } });
        },
        (error) => {
          const reply = toReply(error);
          onEvent({ kind: 'login-refused', accessKeyId: String(username).slice(0, 128), reply: reply.message });
          done(reply);
        },
      );
    },

    onMailFrom: (sender, session, done) => {
      const trouble = options.nextTrouble();
      if (trouble === undefined) troubles.delete(session);
      else troubles.set(session, trouble);
      if (sender.args && 'SMTPUTF8' in sender.args) done(sesReplies.noSmtpUtf8());
      else done(readAnnouncedSize(sender) > maxBytes ? sesReplies.messageTooLong() : checkAddress(sender));
    },

    onRcptTo: (recipient, session, done) =>
      done(
        replyOf(troubles.get(session), 'recipient') ??
          replyOf(troubleOf(recipient.address), 'recipient') ??
          checkAddress(recipient),
      ),

    onData(stream, session, done) {
      // Read now: smtp-server clears the envelope when the client goes away.
      const submitted = { ...readSubmission(session), trouble: troubles.get(session) };
      readMessage(stream, maxBytes, budget)
        .then((raw) => acceptMessage(context, { ...submitted, raw, tls }))
        .then((mail) => {
          options.keep(mail);
          onEvent({ kind: 'accepted', id: mail.id, userName: mail.userName, from: mail.envelope.from });
          done(null, `Ok ${mail.id}`);
        })
        .catch((error) => {
          const reply = toReply(error);
          const { accessKeyId, envelope } = submitted;
          const { message, explanation } = reply;
          const explained = explanation === undefined ? {} : { explanation };
          onEvent({ kind: 'refused', accessKeyId, from: envelope.from, reply: message, ...explained });
          done(reply);
        });
    },
  };
}

function readSubmission(session: SMTPServerSession) {
  const { mailFrom, rcptTo } = session.envelope;
  return {
    accessKeyId: (session.user as { accessKeyId: string }).accessKeyId,
    envelope: {
      from: mailFrom ? encodeDomain(mailFrom.address) : '',
      to: rcptTo.map(({ address }) => encodeDomain(address)),
    },
    sourceIp: session.remoteAddress,
  };
}

/** The SIZE parameter of MAIL FROM, in bytes. */
function readAnnouncedSize({ args }: SMTPServerAddress): number {
  return args ? Number((args as { SIZE?: string }).SIZE ?? 0) : 0;
}

/** SES accepts no empty sender, because it sends bounces itself. */
function checkAddress({ address }: SMTPServerAddress): SmtpReply | null {
  if (address === '') {
    return sesReplies.invalidSender();
  }
  return isAddress(encodeDomain(address)) ? null : sesReplies.invalidAddress(address);
}

/** smtp-server turns punycode domains into Unicode, but policies and identities hold punycode. */
function encodeDomain(address: string): string {
  const at = address.lastIndexOf('@');
  const domain = address.slice(at + 1);
  return /[^\x20-\x7e]/.test(domain) ? address.slice(0, at + 1) + domainToASCII(domain) : address;
}
