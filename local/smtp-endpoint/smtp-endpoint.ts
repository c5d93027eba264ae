import type { AddressInfo } from 'node:net';
import type { FromAddressReading } from './authorize-sending.ts';
import type { AcceptedMail, Mailbox } from './mailbox.ts';
import type { MessageBudget } from './read-message.ts';
import { createSendingQuota } from './sending-quota.ts';
import type { SesIdentities } from './ses-identities.ts';
import { SesSmtpServer } from './ses-smtp-server.ts';
import { createChaos } from './simulated-trouble.ts';
import type { SmtpAccounts } from './smtp-accounts.ts';
import type { SmtpEndpointEvent } from './smtp-endpoint-events.ts';
import { createSessionHandlers } from './smtp-session-handlers.ts';
import { serverName } from './word-as-ses.ts';

/** Limits of the endpoint. The defaults are SES's values, or ones that suit a single machine. */
export interface SmtpEndpointLimits {
  /** Recipients per second. Default 14, as for an account that just left the sandbox. */
  readonly sendsPerSecond?: number | undefined;
  /** Recipients in 24 hours. Default 50,000. */
  readonly sendsPerDay?: number | undefined;
  /** Open connections on both ports together. Default 100. */
  readonly connections?: number | undefined;
  /** Default 40 MB. */
  readonly messageBytes?: number | undefined;
  /** Memory for incoming messages. Default 256 MB. */
  readonly incomingBytes?: number | undefined;
  /** Default 10, as SES: https://docs.aws.amazon.com/ses/latest/dg/send-email-smtp-client-command-line.html. */
  readonly idleSeconds?: number | undefined;
}

export interface SmtpEndpointOptions {
  readonly region: string;
  readonly accountId: string;
  readonly accounts: SmtpAccounts;
  readonly identities: SesIdentities;
  readonly mailbox: Mailbox;
  /** PEM texts. */
  readonly tls: { readonly key: string; readonly cert: string };
  /** 0 for any free port. */
  readonly ports: { readonly startTlsPort: number; readonly tlsPort: number };
  readonly limits?: SmtpEndpointLimits | undefined;
  /** Which address `ses:FromAddress` holds. Default `both`, the stricter reading. */
  readonly fromAddress?: FromAddressReading | undefined;
  /** Some mails meet trouble, and each gets SES's Message-ID and Date. */
  readonly chaos?: boolean | undefined;
  /** Called with each accepted mail, after the mailbox has it. The reply to the client doesn't wait for it. */
  readonly onAccepted?: ((mail: AcceptedMail) => void | Promise<void>) | undefined;
  readonly onEvent?: ((event: SmtpEndpointEvent) => void) | undefined;
  readonly now?: (() => Date) | undefined;
}

export interface SmtpEndpoint {
  start(): Promise<{ startTlsPort: number; tlsPort: number }>;
  /** Stops listening and replies 421 to connected clients. */
  close(): Promise<void>;
}

const mebibyte = 1024 * 1024;
/** How long connected clients may finish on close. */
const closeTimeoutMs = 250;
/** Bounds memory. More than SES's limit of 50, which SES reports only at the end of the message. */
const maxEnvelopeRecipients = 1000;

/**
 * Makes the local stand-in for `email-smtp.{region}.amazonaws.com`, on 127.0.0.1: one port with STARTTLS, one with implicit TLS.
 * The emulator's IAM users and SES identities decide on logins and messages.
 */
export function createSmtpEndpoint(options: SmtpEndpointOptions): SmtpEndpoint {
  const { limits = {}, now = () => new Date(), onEvent = () => undefined } = options;
  const quota = createSendingQuota(
    { sendsPerSecond: limits.sendsPerSecond ?? 14, sendsPerDay: limits.sendsPerDay ?? 50_000 },
    () => now().getTime(),
  );
  const chaos = options.chaos === true ? createChaos() : undefined;
  const maxConnections = limits.connections ?? 100;
  const budget: MessageBudget = { bytes: 0, maxBytes: limits.incomingBytes ?? 256 * mebibyte };
  const servers: SesSmtpServer[] = [];

  const report = (error: unknown) =>
    onEvent({ kind: 'error', message: error instanceof Error ? error.message : String(error) });

  const open = async (port: number, tls: 'starttls' | 'implicit'): Promise<number> => {
    const server = new SesSmtpServer({
      ...createSessionHandlers({
        context: { ...options, replacesIds: options.chaos, quota, now },
        nextTrouble: () => chaos?.next(),
        tls,
        maxBytes: limits.messageBytes ?? 40 * mebibyte,
        budget,
        isCrowded: () => servers.reduce((sum, { connections }) => sum + connections.size, 0) > maxConnections,
        keep(mail) {
          options.mailbox.add(mail);
          Promise.resolve(mail).then(options.onAccepted).catch(report);
        },
        onEvent,
      }),
      ...options.tls,
      minVersion: 'TLSv1.2',
      secure: tls === 'implicit',
      name: serverName,
      heloResponse: '%s',
      authMethods: ['PLAIN', 'LOGIN'],
      disabledCommands: ['WIZ', 'SHELL', 'KILL', 'XCLIENT', 'XFORWARD'],
      hidePIPELINING: true,
      hideSMTPUTF8: true,
      disableReverseLookup: true,
      // We check addresses ourselves, so that the reply is SES's 553.
      lenientAddressParsing: true,
      // Limits TLS handshakes, which happen before connections are counted.
      maxClients: maxConnections * 2,
      maxRecipients: maxEnvelopeRecipients,
      socketTimeout: (limits.idleSeconds ?? 10) * 1000,
      closeTimeout: closeTimeoutMs,
      logger: false,
    });
    servers.push(server);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', () => {
        server.off('error', reject);
        resolve();
      });
    });
    // An error of one client (a handshake, a connection) must not end the endpoint.
    server.on('error', report);
    return (server.server.address() as AddressInfo).port;
  };

  const close = async () => {
    await Promise.all(servers.splice(0).map((server) => new Promise<void>((resolve) => server.close(resolve))));
  };

  return {
    async start() {
      try {
        const startTlsPort = await open(options.ports.startTlsPort, 'starttls');
        const tlsPort = await open(options.ports.tlsPort, 'implicit');
        return { startTlsPort, tlsPort };
      } catch (error) {
        await close();
        throw error;
      }
    },
    close,
  };
}
