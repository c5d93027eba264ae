import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { AdministratorKey } from './administrator-key.ts';
import type { LocalClients } from './local-clients.ts';
import type { LocalDeployment } from './local-deployment.ts';
import type { LocalPorts } from './local-ports.ts';
import type { FromAddressReading } from './smtp-endpoint/authorize-sending.ts';
import { createEmulatorAccounts } from './smtp-endpoint/emulator-accounts.ts';
import { createEmulatorIdentities } from './smtp-endpoint/emulator-identities.ts';
import { createLocalCertificates } from './smtp-endpoint/local-certificates.ts';
import { type AcceptedMail, createMailbox } from './smtp-endpoint/mailbox.ts';
import { createMailboxServer } from './smtp-endpoint/mailbox-server.ts';
import { createServiceIamClient } from './smtp-endpoint/service-iam-client.ts';
import { createSmtpEndpoint } from './smtp-endpoint/smtp-endpoint.ts';

/** Limits of the SMTP endpoint; the defaults are like those of SES. */
export type SmtpLimits = NonNullable<Parameters<typeof createSmtpEndpoint>[0]['limits']>;

/** Options of the stack's SMTP endpoint and mailbox. */
export interface MailOptions {
  deployment: LocalDeployment;
  clients: LocalClients;
  endpoint: string;
  token: string;
  credentials: AdministratorKey;
  ports: LocalPorts;
  home: string;
  limits?: SmtpLimits | undefined;
  fromAddress?: FromAddressReading | undefined;
  chaos?: boolean | undefined;
  /** Called with each accepted mail. */
  onAccepted?: ((mail: AcceptedMail) => Promise<void>) | undefined;
}

/** The running SMTP endpoint and mailbox. */
export interface Mail {
  smtp: { host: string; startTlsPort: number; tlsPort: number; caFile: string };
  mailbox: string;
  log: string;
  stop(): Promise<void>;
}

/** Starts the SMTP endpoint and the mailbox that keeps accepted mails. */
export async function startMail(options: MailOptions): Promise<Mail> {
  const { clients, endpoint, token, credentials, ports, home, limits, onAccepted } = options;
  const { region, accountId } = options.deployment;
  const log = join(home, 'logs', 'mail.log');
  await mkdir(dirname(log), { recursive: true });
  await writeFile(log, '', { mode: 0o600 });
  const { caFile, key, cert } = await createLocalCertificates(join(home, 'certificates'), [
    'localhost',
    '127.0.0.1',
    `email-smtp.${region}.amazonaws.com`,
  ]);
  const iam = createServiceIamClient({ endpoint, region, credentials });
  const mailbox = createMailbox();
  const mailboxServer = createMailboxServer({ mailbox, port: ports.mailbox });
  const smtpEndpoint = createSmtpEndpoint({
    region,
    accountId,
    accounts: createEmulatorAccounts({ iam, endpoint, token, region }),
    identities: createEmulatorIdentities({ ses: clients.ses }),
    mailbox,
    tls: { key, cert },
    ports: { startTlsPort: ports.startTls, tlsPort: ports.tls },
    ...(limits ? { limits } : {}),
    fromAddress: options.fromAddress,
    chaos: options.chaos,
    onAccepted,
    // An unwritable log, for instance on a full disk, must not stop mail.
    onEvent: (event) =>
      void appendFile(log, `${JSON.stringify({ at: new Date().toISOString(), ...event })}\n`).catch(() => {}),
  });
  const { url } = await mailboxServer.start();
  const { startTlsPort, tlsPort } = await smtpEndpoint.start();
  return {
    smtp: { host: '127.0.0.1', startTlsPort, tlsPort, caFile },
    mailbox: url,
    log,
    stop: async () => {
      await Promise.all([smtpEndpoint.close(), mailboxServer.close()]);
      iam.destroy();
    },
  };
}
