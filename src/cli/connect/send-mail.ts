import { readFile } from 'node:fs/promises';
import { createTransport } from 'nodemailer';
import type { OutgoingMail } from '../command/outgoing-mail.ts';

/**
 * Sends a mail as a mail client does, and checks the server's certificate.
 *
 * @returns the server's last reply, whether it took the mail or refused it
 */
export async function sendMail(mail: OutgoingMail): Promise<string> {
  const { host, port, isStartTls, caFile, username, password, from, envelopeFrom, to, subject, text } = mail;
  const transport = createTransport({
    host,
    port,
    secure: !isStartTls,
    requireTLS: true,
    ...(caFile === undefined ? {} : { tls: { ca: await readFile(caFile) } }),
    auth: { user: username, pass: password },
  });
  try {
    const { response } = await transport.sendMail({
      from,
      to: [...to],
      subject,
      text,
      envelope: { from: envelopeFrom, to: [...to] },
    });
    return response;
  } catch (error) {
    const { response } = error as { response?: string };
    if (response === undefined) throw error;
    return response;
  } finally {
    transport.close();
  }
}
