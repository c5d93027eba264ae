import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EnvelopeRule } from '../src/mail-events/policy-doubt.ts';
import { type AdministratorKey, readAdministratorKey } from './administrator-key.ts';
import { deployFunction } from './deploy-function.ts';
import { describeLocalDeployment } from './describe-local-deployment.ts';
import { type Emulator, type IamLag, startEmulator } from './emulator/start-emulator.ts';
import { createLocalClients } from './local-clients.ts';
import type { LocalDeployment } from './local-deployment.ts';
import type { LocalDescription } from './local-description.ts';
import { localFunctions } from './local-functions.ts';
import type { LocalPorts } from './local-ports.ts';
import { createLocalResources } from './local-resources.ts';
import { localSettings } from './local-settings.ts';
import { adaptTimings, type LocalTimings, secondsBetweenCalls, usualTimings } from './local-timings.ts';
import { projectFolder } from './project-folder.ts';
import { createAdminApi } from './resources/create-admin-api.ts';
import { writeDescription } from './resources/write-description.ts';
import { resumeMappings } from './resume-mappings.ts';
import { createSesEventPublisher } from './ses-events/publish-ses-events.ts';
import type { FromAddressReading } from './smtp-endpoint/authorize-sending.ts';
import type { AcceptedMail } from './smtp-endpoint/mailbox.ts';
import { type Mail, type SmtpLimits, startMail } from './start-mail.ts';
import { startSchedule } from './start-schedule.ts';
import type { StateReport } from './state/state-report.ts';

/** Options of a stack. Most have a default. */
export interface StackOptions {
  ports: LocalPorts;
  /** Names of all resources; by default those of `npm start`. */
  deployment?: LocalDeployment | undefined;
  /** Deploys to the emulator of a running stack instead of starting one. That stack must stop last. */
  account?: LocalAccount | undefined;
  /** Folder for logs, certificates and temporary files. */
  home: string;
  /** Keeps the state across restarts. An absolute path of an existing folder. */
  stateFolder?: string | undefined;
  /** Deletes the saved state first. */
  resetState?: boolean | undefined;
  /** Called when saving the state succeeds or fails. */
  onState?: ((report: StateReport) => void) | undefined;
  /** Folder with one zip per function; by default the build's output. */
  functionsFolder?: string | undefined;
  /** The functions' AWS endpoint, such as a proxy that injects faults; by default the emulator. */
  functionsEndpoint?: string | undefined;
  /** Extra environment variables, by function name. */
  functionEnvironment?: Record<string, Record<string, string>> | undefined;
  /** Records every AWS call with its parameters, including plaintexts. For tests. */
  cloudTrail?: boolean | undefined;
  /** Timings that differ from those on AWS, such as `fastTimings`. */
  timings?: Partial<LocalTimings> | undefined;
  smtpLimits?: SmtpLimits | undefined;
  /** Which address `ses:FromAddress` holds over SMTP; by default both, which is the stricter reading. */
  fromAddress?: FromAddressReading | undefined;
  /** The SMTP endpoint plays trouble with some mails. */
  chaos?: boolean | undefined;
  /** `strict`: an envelope sender that a record neither allows nor limits is a violation; by default it is a notice. */
  envelope?: EnvelopeRule | undefined;
  /** The number of violations after which the validator suspends; without it, the validator only reports them. */
  suspendAfter?: number | undefined;
  /** How many recipients a credential without `quota_per_day` may send to in a day; by default any number. */
  defaultQuotaPerDay?: number | undefined;
  /** How many credentials there may be; by default any number. */
  maxCredentials?: number | undefined;
  /** Reads of IAM may return an old state, as on AWS; by default they are current. */
  iamLag?: IamLag | undefined;
  /** Aborts the start: the parts that run are stopped, and the start fails with the signal's reason. */
  signal?: AbortSignal | undefined;
  /** Called with a short description at the beginning of each step. */
  onStep?: ((step: string) => void) | undefined;
}

/** An emulator that several deployments share, like one AWS account. */
export interface LocalAccount {
  emulator: Emulator;
  /** Authorizes the routes that the SMTP endpoint uses. */
  token: string;
  /** Of the root user. */
  credentials: AdministratorKey;
}

/** A running stack. */
export interface Stack {
  account: LocalAccount;
  description: LocalDescription;
  /** @param atOnce stops without waiting for running functions; a stack that keeps its state waits for some seconds */
  stop(atOnce?: AbortSignal): Promise<void>;
  /** Resolves with the reason when the emulator has ended, whether stopped or crashed. */
  ended: Promise<string>;
}

/**
 * Starts the whole local stack: emulator, resources, functions, SMTP endpoint, mailbox.
 *
 * @throws Error when a part doesn't start; the parts that did are stopped first.
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const deployment = options.deployment ?? localSettings;
  const { region, accountId, configurationSet } = deployment;
  const { ports, home, onStep = () => {} } = options;
  const timings = adaptTimings({ ...usualTimings, ...options.timings }, options.iamLag);
  const token = options.account?.token ?? randomBytes(32).toString('hex');
  const credentials = options.account?.credentials ?? readAdministratorKey(home);

  onStep('AWS emulator');
  const { stateFolder, resetState, onState, cloudTrail, iamLag, signal } = options;
  const emulator =
    options.account?.emulator ??
    (await startEmulator({
      port: ports.emulator,
      region,
      accountId,
      credentials,
      home,
      stateFolder,
      resetState,
      onState,
      token,
      cloudTrail,
      iamLag,
      signal,
    }));
  const { endpoint } = emulator;
  const clients = createLocalClients({ endpoint, region, credentials });
  let startingMail: Promise<Mail> | undefined;
  const schedules: (() => void)[] = [];
  const stop = async (atOnce?: AbortSignal) => {
    for (const end of schedules) end();
    // Before the SMTP endpoint stops: functions may be logging in to it.
    if (options.account === undefined) await emulator.drain(atOnce);
    // If it failed to start, there is nothing to stop.
    const mail = await startingMail?.catch(() => undefined);
    await mail?.stop();
    // Open connections would delay the emulator's shutdown.
    clients.destroy();
    if (options.account === undefined) await emulator.stop();
  };
  // Pending calls fail as soon as the emulator is gone.
  const stopEmulator = () => void emulator.stop();
  if (options.account === undefined) signal?.addEventListener('abort', stopEmulator);
  try {
    signal?.throwIfAborted();
    onStep('table, key, queues, topics, identity, SMTP endpoint');
    let publishSesEvents: ((mail: AcceptedMail) => Promise<void>) | undefined;
    // No login works before the functions run, so no mail arrives before the topics exist.
    const onAccepted = async (mail: AcceptedMail) => publishSesEvents?.(mail);
    startingMail = startMail({
      deployment,
      clients,
      endpoint,
      token,
      credentials,
      ports,
      home,
      limits: options.smtpLimits,
      fromAddress: options.fromAddress,
      chaos: options.chaos,
      onAccepted,
    });
    const [resources, { smtp, mailbox, log }] = await Promise.all([
      createLocalResources(clients, deployment, timings),
      startingMail,
    ]);
    publishSesEvents = createSesEventPublisher({
      sns: clients.sns,
      ses: clients.ses,
      topics: resources.topics,
      logs: clients.logs,
      logGroup: deployment.eventLogGroup,
      partition: deployment.partition,
      region,
      accountId,
      configurationSet,
    });
    onStep('functions');
    const context = {
      deployment,
      resources,
      timings,
      smtp: { ...smtp, caPem: await readFile(smtp.caFile, 'utf8') },
      suspendAfter: options.suspendAfter,
      envelope: options.envelope,
      defaultQuotaPerDay: options.defaultQuotaPerDay,
      maxCredentials: options.maxCredentials,
    };
    await Promise.all(
      localFunctions.map((definition) =>
        deployFunction(clients, context, definition, {
          functionsFolder: options.functionsFolder ?? join(projectFolder, 'dist', 'functions'),
          environment: {
            ...(options.functionsEndpoint ? { AWS_ENDPOINT_URL: options.functionsEndpoint } : {}),
            ...options.functionEnvironment?.[definition.name],
          },
        }),
      ),
    );
    const api = await createAdminApi(clients.apiGateway, deployment, endpoint);
    const deploymentDescription = describeLocalDeployment(deployment, resources, { endpoint, smtp, api });
    await writeDescription(clients.ssm, deploymentDescription);
    if (stateFolder !== undefined) await resumeMappings(clients.lambda);
    for (const { name, schedule } of localFunctions) {
      if (!schedule) continue;
      // A state may be old, or its last second lost: a first sweep that reads everything finds what differs.
      const payload = name === 'smtp-credential-sweeper' ? { reads: 'all' } : {};
      const atOnce = stateFolder === undefined ? undefined : payload;
      schedules.push(
        startSchedule(clients.lambda, `${deployment.namePrefix}${name}`, {
          everySeconds: secondsBetweenCalls(timings, schedule.name),
          atOnce,
        }),
      );
    }
    signal?.throwIfAborted();
    signal?.removeEventListener('abort', stopEmulator);
    const description: LocalDescription = {
      pid: process.pid,
      ...deploymentDescription,
      credentials,
      streamArn: resources.streamArn,
      mailbox,
      logs: { ...emulator.logs, mail: log },
    };
    return { account: { emulator, token, credentials }, description, stop, ended: emulator.ended };
  } catch (error) {
    await stop(AbortSignal.abort());
    throw error;
  }
}
