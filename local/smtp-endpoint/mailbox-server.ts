import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describeForeignRequest } from '../foreign-request.ts';
import type { Mailbox } from './mailbox.ts';

export interface MailboxServerOptions {
  readonly mailbox: Mailbox;
  /** 0 for any free port. */
  readonly port: number;
}

export interface MailboxServer {
  /** `url` is the address of the list of mails. */
  start(): Promise<{ port: number; url: string }>;
  close(): Promise<void>;
}

interface Answer {
  readonly status: number;
  /** Bytes are sent as a mail, anything else as JSON. */
  readonly body?: unknown;
}

/**
 * Serves the mailbox over HTTP, to this machine only:
 *
 *     GET    /messages           { "messages": [...] }, oldest first, without the bytes
 *     GET    /messages/{id}      one mail, with `raw` as text
 *     GET    /messages/{id}/raw  its bytes, as message/rfc822
 *     DELETE /messages           empties the mailbox
 */
export function createMailboxServer({ mailbox, port }: MailboxServerOptions): MailboxServer {
  const server = createServer((request, response) => {
    const { status, body } = answer(mailbox, request);
    const isMail = Buffer.isBuffer(body);
    response.writeHead(status, {
      'content-type': isMail ? 'message/rfc822' : 'application/json',
      'x-content-type-options': 'nosniff',
    });
    response.end(isMail || body === undefined ? body : `${JSON.stringify(body)}\n`);
  });
  return {
    start: () =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, '127.0.0.1', () => {
          server.off('error', reject);
          const taken = (server.address() as AddressInfo).port;
          resolve({ port: taken, url: `http://127.0.0.1:${taken}/messages` });
        });
      }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function answer(mailbox: Mailbox, request: IncomingMessage): Answer {
  const path = (request.url ?? '/').replace(/\?.*$/s, '');
  const [, folder, id, form, ...rest] = path.split('/');
  const foreign = describeForeignRequest(request.headers);
  if (foreign !== undefined) return { status: 403, body: { message: foreign } };
  if (folder !== 'messages' || rest.length > 0 || (form !== undefined && form !== 'raw')) {
    return { status: 404, body: { message: 'Mails are listed at /messages.' } };
  }
  if (request.method === 'DELETE' && id === undefined) {
    mailbox.clear();
    return { status: 204 };
  }
  if (request.method !== 'GET') {
    return { status: 405, body: { message: 'GET /messages, GET /messages/{id} or DELETE /messages.' } };
  }
  if (id === undefined) {
    return { status: 200, body: { messages: mailbox.list() } };
  }
  const mail = mailbox.get(id);
  if (!mail) {
    return { status: 404, body: { message: 'There is no mail with this id.' } };
  }
  return { status: 200, body: form === 'raw' ? mail.raw : { ...mail, raw: mail.raw.toString('utf8') } };
}
