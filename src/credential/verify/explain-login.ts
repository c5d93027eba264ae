import { explainSmtpReply } from '../../mail-client/smtp-reply.ts';
import { SesameError } from '../errors.ts';
import type { LoginResult } from './smtp-login.ts';

/** Explains a failed login to an administrator. `code` is stable: that of SMTP or of the network. */
export function explainLogin(login: Exclude<LoginResult, { result: 'accepted' }>): SesameError {
  if (login.result === 'refused') {
    const { meaning, remedy } = explainSmtpReply(login.code, login.text);
    return new SesameError(`Smtp${login.code}`, 'retryable', `SES answered "${login.text}". ${meaning} ${remedy}`);
  }
  return new SesameError(
    login.code,
    'retryable',
    `The SMTP endpoint could not be reached: ${login.message}. ${explainNetwork(login.code)}`,
  );
}

function explainNetwork(code: string): string {
  if (/CERT|TLS|SSL|SELF_SIGNED|ISSUER|VERIFY/.test(code)) {
    return 'Its certificate was not accepted or TLS failed: look for a proxy in between, and at SMTP_HOST and SMTP_CA_PEM.';
  }
  if (/DNS|NOTFOUND|EAI_AGAIN/.test(code)) return 'Its name was not found: check SMTP_HOST and SES_REGION.';
  if (/TIMEDOUT/.test(code)) {
    return 'It did not answer in time: a function inside a VPC needs a way out to this port.';
  }
  return 'Check SMTP_HOST and SMTP_PORT, and the way out of the network.';
}
