import { readFileSync } from 'node:fs';
import SMTPConnection from 'nodemailer/lib/smtp-connection/index.js';
import type { LocalDescription } from '../../local/local-description.ts';
import type { MailAccount } from '../../local/send-test-mail.ts';

/** A mail as it goes over the wire: nothing is normalised. */
export interface WireMail {
  /** The From header. */
  readonly from: string;
  readonly envelope: string;
  readonly to: readonly string[];
}

/** An SMTP connection for many mails. */
export interface SmtpClient {
  /** The server's last reply, whether it accepted or refused the mail; of the login, if that failed. */
  send(mail: WireMail): Promise<string>;
  close(): void;
}

/** @param localAddress the address that the connection comes from */
export async function openSmtpClient(
  { smtp }: Pick<LocalDescription, 'smtp'>,
  { user, password }: MailAccount,
  localAddress: string,
): Promise<SmtpClient> {
  const connection = new SMTPConnection({
    host: smtp.host,
    port: smtp.tlsPort,
    secure: true,
    localAddress,
    tls: { ca: readFileSync(smtp.caFile) },
  });
  connection.on('error', () => undefined);
  await new Promise<void>((resolve, reject) => {
    connection.once('error', reject);
    connection.connect(() => resolve());
  });
  const refused = await new Promise<string | undefined>((resolve) =>
    connection.login({ user, pass: password }, (error) => resolve(error ? replyOf(error) : undefined)),
  );
  return {
    send: ({ from, envelope, to }) =>
      new Promise((resolve) => {
        if (refused !== undefined) {
          resolve(refused);
          return;
        }
        const text = `From: ${from}\r\nTo: ${to.join(', ')}\r\nSubject: Hello\r\n\r\nHello\r\n`;
        connection.send({ from: envelope, to: [...to] }, text, (error, info) =>
          resolve(error ? replyOf(error) : info.response),
        );
      }),
    close: () => connection.close(),
  };
}

function replyOf(error: Error): string {
  const { response } = error as { response?: string };
  if (response === undefined) throw error;
  return response;
}
