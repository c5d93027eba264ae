import SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { LoginResult, SmtpLogin } from '../credential/verify/smtp-login.ts';

/** Milliseconds. A login normally takes a few hundred. */
const timeouts = { connectionTimeout: 5_000, greetingTimeout: 5_000, socketTimeout: 10_000 };

/**
 * Real logins at an SMTP endpoint, over TLS from the first byte.
 * https://docs.aws.amazon.com/ses/latest/dg/smtp-connect.html
 */
export function createSmtpLogin(endpoint: {
  readonly host: string;
  readonly port: number;
  /** The certificates to trust instead of the system's, as PEM text. */
  readonly caPem?: string;
}): SmtpLogin {
  const { host, port, caPem } = endpoint;
  return {
    logIn: ({ user, password }) =>
      new Promise((resolve) => {
        const connection = new SMTPConnection({
          host,
          port,
          secure: true,
          tls: { minVersion: 'TLSv1.2', ...(caPem === undefined ? {} : { ca: caPem }) },
          ...timeouts,
        });
        const fail = (error: unknown) => {
          connection.close();
          resolve(readFailure(error));
        };
        // Stays, so that an error during QUIT does no harm.
        connection.on('error', fail);
        connection.connect((problem) => {
          if (problem) return fail(problem);
          connection.login({ credentials: { user, pass: password.reveal() } }, (refusal) => {
            if (refusal) return fail(refusal);
            connection.quit();
            resolve({ result: 'accepted' });
          });
        });
      }),
  };
}

/** Only what the server said, or what the network did: never what the client sent. */
function readFailure(error: unknown): LoginResult {
  const { responseCode, response, originalCode, code, message } = error as {
    responseCode?: number;
    response?: string;
    originalCode?: string;
    code?: string;
    message?: string;
  };
  return responseCode !== undefined && response !== undefined
    ? { result: 'refused', code: responseCode, text: response.slice(0, 300) }
    : {
        result: 'unreachable',
        code: originalCode ?? code ?? 'UnknownError',
        message: (message ?? 'no reason given').slice(0, 300),
      };
}
