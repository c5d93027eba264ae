import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { SMTPServer } from 'smtp-server';
import { SMTPConnection, type SMTPConnectionOptions } from 'smtp-server/lib/smtp-connection.js';
import { guardTlsProtocol } from './guard-tls-protocol.ts';
import { type SmtpReply, sesReplies } from './ses-replies.ts';
import { wordAsSes } from './word-as-ses.ts';

guardTlsProtocol();

/** smtp-server, speaking in SES's words. */
export class SesSmtpServer extends SMTPServer {
  /** As in smtp-server, with our kind of connection. */
  override connect(socket: Socket | TLSSocket, socketOptions?: SMTPConnectionOptions | null): void {
    const connection = new SesSmtpConnection(this, socket, socketOptions ?? undefined);
    this.connections.add(connection);
    connection.on('error', (error: Error) => this.emit('error', error));
    connection.init();
  }
}

class SesSmtpConnection extends SMTPConnection {
  override send(code: number, text?: string | string[] | null): void {
    const reply = wordAsSes(code, text, this.secure);
    super.send(reply.code, reply.text, false);
    if (reply.closes) {
      this.close();
    }
  }

  override handler_MAIL(command: Buffer, callback: () => void): void {
    if (this.#refuseNonAscii(command) || this.#refuseSourceRoute(command, sesReplies.invalidSender())) {
      callback();
    } else {
      super.handler_MAIL(command, callback);
    }
  }

  override handler_RCPT(command: Buffer, callback: () => void): void {
    if (this.#refuseNonAscii(command) || this.#refuseSourceRoute(command, sesReplies.invalidRecipient())) {
      callback();
    } else {
      super.handler_RCPT(command, callback);
    }
  }

  /**
   * SES takes addresses in 7-bit ASCII only, domains as punycode.
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
   * `<@relay.example.com:jane@example.com>`: RFC 5321, appendix C, lets a server ignore the route or refuse it. smtp-server ignores
   * it; SES is an endpoint for clients and has no use for one. What it answers isn't known.
   */
  #refuseSourceRoute(command: Buffer, reply: SmtpReply): boolean {
    if (!/:\s*<@/.test(command.toString('latin1'))) {
      return false;
    }
    this.send(reply.responseCode, reply.message);
    return true;
  }
}
