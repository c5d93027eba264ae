import { readFileSync } from 'node:fs';
import { createTransport } from 'nodemailer';
import type { LocalDescription } from './local-description.ts';

/** A mail client's account at the local SMTP endpoint. */
export interface MailAccount {
  user: string;
  password: string;
}

/** One mail to send. */
export interface TestMail {
  /** Used for the From header, and for the envelope sender if that isn't given. */
  from: string;
  envelopeFrom?: string | undefined;
  /** The Sender header, if any. */
  sender?: string | undefined;
  to: string;
  security: 'STARTTLS' | 'TLS';
  subject: string;
}

/**
 * Sends a mail as a real mail client does, and checks the endpoint's certificate.
 *
 * @returns the server's last reply, whether it accepted or refused the mail
 */
export async function sendTestMail(
  { smtp }: Pick<LocalDescription, 'smtp'>,
  account: MailAccount,
  { from, envelopeFrom = from, sender, to, security, subject }: TestMail,
): Promise<string> {
  const transport = createTransport({
    host: smtp.host,
    port: security === 'TLS' ? smtp.tlsPort : smtp.startTlsPort,
    secure: security === 'TLS',
    requireTLS: true,
    tls: { ca: readFileSync(smtp.caFile) },
    auth: { user: account.user, pass: account.password },
  });
  try {
    const { response } = await transport.sendMail({
      from,
      sender,
      to,
      subject,
      text: `${subject}\n`,
      envelope: { from: envelopeFrom, to },
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
