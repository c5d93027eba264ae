import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { SMTPServer } from 'smtp-server';
import { SMTPConnection, type SMTPConnectionOptions } from 'smtp-server/lib/smtp-connection.js';
import { guardTlsProtocol } from './guard-tls-protocol.ts';
import { resumeAfterData } from './resume-after-data.ts';
import { type SmtpReply, sesReplies } from './ses-replies.ts';
import { wordAsSes } from './word-as-ses.ts';

guardTlsProtocol();
resumeAfterData();

/** smtp-server with SES's replies. */
export class SesSmtpServer extends SMTPServer {
  /** Copied from smtp-server, with our own connection class. */
  override connect(socket: Socket | TLSSocket, socketOptions?: SMTPConnectionOptions | null): void {
    const connection = new SesSmtpConnection(this, socket, socketOptions ?? undefined);
    this.connections.add(connection);
    connection.on('error', (error: Error) => this.emit('error', error));
    connection.init();
  }
}

/** Private members of smtp-server's connection. */
interface Internals {
  /** The greeting was sent. */
  readonly _ready: boolean;
  _onCommand(command: Buffer, callback: () => void): void;
}

class SesSmtpConnection extends SMTPConnection {
  #early: (() => void) | undefined;

  constructor(...values: ConstructorParameters<typeof SMTPConnection>) {
    super(...values);
    const internals = this as unknown as Internals;
    const onCommand = internals._onCommand.bind(this);
    // smtp-server hangs up on clients that send before its greeting. SES doesn't: AWS's own recipe pipes a whole dialogue into the connection,
    // https://docs.aws.amazon.com/ses/latest/dg/send-email-smtp-client-command-line.html. The parser waits for the callback, so one command
    // waits at most.
    internals._onCommand = (command, callback) => {
      if (internals._ready) onCommand(command, callback);
      else this.#early = () => onCommand(command, callback);
    };
  }

  override send(code: number, text?: string | string[] | null): void {
    const reply = wordAsSes(code, text, this.secure);
    super.send(reply.code, reply.text, false);
    if (this.#early !== undefined && (this as unknown as Internals)._ready) {
      setImmediate(this.#early);
      this.#early = undefined;
    }
    if (reply.closes) {
      this.close();
    }
  }

  override handler_MAIL(command: Buffer, callback: () => void): void {
    if (this.#refuseNonAscii(command) || this.#refuseSourceRoute(command, sesReplies.invalidSender())) {
      callback();
    } else {
      super.handler_MAIL(withBrackets(command), callback);
    }
  }

  override handler_RCPT(command: Buffer, callback: () => void): void {
    if (this.#refuseNonAscii(command) || this.#refuseSourceRoute(command, sesReplies.invalidRecipient())) {
      callback();
    } else {
      super.handler_RCPT(withBrackets(command), callback);
    }
  }

  /**
   * SES accepts addresses in 7-bit ASCII only, with domains in punycode.
   * https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_Destination.html
   */
  #refuseNonAscii(command: Buffer): boolean {
    if (command.every((byte) => byte < 0x80)) {
      return false;
    }
    const address = /<([^<>]*)>/.exec(command.toString())?.[1] ?? '';
    const reply = sesReplies.invalidAddress(address);
    this.send(reply.responseCode, reply.message);
    return true;
  }

  /**
   * Refuses `<@relay.example.com:jane@example.com>`. RFC 5321, appendix C, lets a server ignore or refuse the route; smtp-server
   * ignores it. SES serves clients, which need no routes. Its reply isn't known.
   */
  #refuseSourceRoute(command: Buffer, reply: SmtpReply): boolean {
    if (!/:\s*<@/.test(command.toString('latin1'))) {
      return false;
    }
    this.send(reply.responseCode, reply.message);
    return true;
  }
}

/**
 * Devices, scripts and AWS's own recipe write `MAIL FROM: jane@example.com`, without brackets. SES takes it:
 * https://docs.aws.amazon.com/ses/latest/dg/send-email-smtp-client-command-line.html. What isn't an address stays as it is.
 */
function withBrackets(command: Buffer): Buffer {
  const text = command.toString('latin1');
  const bracketed = text.replace(
    /^(\s*(?:MAIL\s+FROM|RCPT\s+TO)\s*:\s*)([^\s<>]+@[^\s<>]+)(?=\s*$|(?:\s+[a-z\d-]+(?:=\S*)?)+\s*$)/i,
    '$1<$2>',
  );
  return bracketed === text ? command : Buffer.from(bracketed, 'latin1');
}
