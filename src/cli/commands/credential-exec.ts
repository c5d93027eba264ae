import { callApi } from '../command/call-api.ts';
import { defineCommand } from '../command/command.ts';
import { credentialPath } from './credential.ts';
import type { SmtpLogin } from './smtp-login.ts';

export const command = defineCommand({
  description:
    'Sets SMTP_HOST, SMTP_PORT, SMTP_USERNAME, SMTP_PASSWORD and SMTP_URL in the environment of the program only. Its exit code becomes this one. Nothing is written to a disk.',
  arguments: {
    name: { summary: 'The credential', isCredential: true },
    command: { summary: 'The program and its arguments, after --', isVariadic: true },
  },
  flags: { starttls: { summary: 'The port for STARTTLS, instead of the one with TLS from the first byte' } },
  examples: [
    ['sesame exec billing -- node send.js', 'Run a mail client with the login in its environment'],
    ['sesame exec billing -- sh -c \'curl --url "$SMTP_URL" ...\'', 'With the URL; its password is percent-encoded'],
  ],
  passesThrough: true,
  async run({ args: { name, command: line }, flags: { starttls } }, deps) {
    const { api, smtpCaFile } = await deps.target();
    const { body: login } = await callApi<SmtpLogin>(api, 'POST', credentialPath(name, 'reveal'));
    const [program = '', ...args] = line;
    const exit = await deps.runChild(program, args, {
      ...smtpEnvironment(login, starttls),
      ...(smtpCaFile === undefined ? {} : { SMTP_CA_FILE: smtpCaFile }),
    });
    return { json: undefined, exit };
  },
});

/** The variables that mail clients read. */
export function smtpEnvironment(login: SmtpLogin, isStartTls: boolean): Readonly<Record<string, string>> {
  const { smtp_host: host, smtp_username: username, smtp_password: password, ports } = login;
  const port = String(isStartTls ? ports.starttls : ports.tls);
  const scheme = isStartTls ? 'smtp' : 'smtps';
  return {
    SMTP_HOST: host,
    SMTP_PORT: port,
    SMTP_USERNAME: username,
    SMTP_PASSWORD: password,
    SMTP_URL: `${scheme}://${encodeURIComponent(username)}:${encodeURIComponent(password)}@${host}:${port}`,
  };
}
