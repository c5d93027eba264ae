import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deployFunction } from './deploy-function.ts';
import { type Emulator, type IamLag, startEmulator } from './emulator/start-emulator.ts';
import { createLocalClients } from './local-clients.ts';
import type { LocalDeployment } from './local-deployment.ts';
import type { LocalDescription } from './local-description.ts';
import { localFunctions } from './local-functions.ts';
import type { LocalPorts } from './local-ports.ts';
import { createLocalResources } from './local-resources.ts';
import { localSettings } from './local-settings.ts';
import { fitPace, type LocalTimings, usualPace } from './local-timings.ts';
import { projectFolder } from './project-folder.ts';
import { createSesEventPublisher } from './ses-events/publish-ses-events.ts';
import type { AcceptedMail } from './smtp-endpoint/mailbox.ts';
import { type Mail, type SmtpLimits, startMail } from './start-mail.ts';
import { startSchedule } from './start-schedule.ts';
import type { StateReport } from './state/state-report.ts';

/** How a stack differs from the usual one. */
export interface StackOptions {
  ports: LocalPorts;
  /** Names of everything; by default those of `npm start`. */
  deployment?: LocalDeployment | undefined;
  /** Deploys to the account of a stack that runs, in place of one of its own. The account's stack is to stop last. */
  account?: LocalAccount | undefined;
  /** Folder for logs, certificates and temporary files. */
  home: string;
  /** With it, the state survives a restart. An absolute path of a folder that is there. */
  stateFolder?: string | undefined;
  /** Deletes the state that is there first. */
  resetState?: boolean | undefined;
  /** Called when the state was saved, and when it couldn't be. */
  onState?: ((report: StateReport) => void) | undefined;
  /** Folder with one zip per function; by default what the build makes. */
  functionsFolder?: string | undefined;
  /** Where functions find AWS, such as a proxy that makes faults; by default the emulator itself. */
  functionsEndpoint?: string | undefined;
  /** By function name: variables on top of the usual ones. */
  functionEnvironment?: Record<string, Record<string, string>> | undefined;
  /** Records every AWS call with its parameters, plaintexts too. For tests. */
  cloudTrail?: boolean | undefined;
  /** How time passes where it differs from AWS; see `fastPace`. */
  pace?: Partial<LocalTimings> | undefined;
  smtpLimits?: SmtpLimits | undefined;
  /** The validator suspends after so many violations; without it, it only tells of them. */
  suspendAfter?: number | undefined;
  /** Reads of IAM show the past, as on AWS; by default they show what is. */
  iamLag?: IamLag | undefined;
  /** Stops the start where it is; what was started is stopped, and the start fails with the signal's reason. */
  signal?: AbortSignal | undefined;
  /** Called with a few words at the beginning of each step. */
  onStep?: ((step: string) => void) | undefined;
}

/** An emulator that deployments share, as those of one AWS account do. */
export interface LocalAccount {
  emulator: Emulator;
  /** Opens the routes that the SMTP endpoint uses. */
  token: string;
}

/** A running stack. */
export interface Stack {
  account: LocalAccount;
  description: LocalDescription;
  stop(): Promise<void>;
  /** Resolves with the reason when the emulator has ended, wanted or not. */
  ended: Promise<string>;
}

/**
 * Starts the whole local stack: emulator, resources, functions, SMTP endpoint, mailbox.
 *
 * @throws Error when a part doesn't come up; the parts that did are stopped first.
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const deployment = options.deployment ?? localSettings;
  const { region, accountId, credentials, table, configurationSet } = deployment;
  const { ports, home, onStep = () => {} } = options;
  const timings = fitPace({ ...usualPace, ...options.pace }, options.iamLag);
  const token = options.account?.token ?? randomBytes(32).toString('hex');

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
  const stop = async () => {
    for (const end of schedules) end();
    // A part that didn't come up has nothing to stop.
    const mail = await startingMail?.catch(() => undefined);
    await mail?.stop();
    // Open connections would hold up the emulator's shutdown.
    clients.destroy();
    if (options.account === undefined) await emulator.stop();
  };
  // What waits for the emulator fails as soon as that is gone.
  const stopEmulator = () => void emulator.stop();
  if (options.account === undefined) signal?.addEventListener('abort', stopEmulator);
  try {
    signal?.throwIfAborted();
    onStep('table, key, queues, topics, identity, SMTP endpoint');
    let publishSesEvents: ((mail: AcceptedMail) => Promise<void>) | undefined;
    // Nobody can log in before the functions run, so no mail comes before the topics are there.
    const onAccepted = async (mail: AcceptedMail) => publishSesEvents?.(mail);
    startingMail = startMail({
      deployment,
      clients,
      endpoint,
      token,
      ports,
      home,
      limits: options.smtpLimits,
      onAccepted,
    });
    const [resources, { smtp, mailbox, log }] = await Promise.all([
      createLocalResources(clients, deployment, timings),
      startingMail,
    ]);
    publishSesEvents = createSesEventPublisher({
      sns: clients.sns,
      topics: resources.topics,
      partition: deployment.partition,
      region,
      accountId,
      configurationSet,
    });
    onStep('functions');
    const surroundings = {
      deployment,
      resources,
      pace: timings,
      smtp: { ...smtp, caPem: await readFile(smtp.caFile, 'utf8') },
      suspendAfter: options.suspendAfter,
    };
    await Promise.all(
      localFunctions.map((definition) =>
        deployFunction(clients, surroundings, definition, {
          functionsFolder: options.functionsFolder ?? join(projectFolder, 'dist', 'functions'),
          environment: {
            ...(options.functionsEndpoint ? { AWS_ENDPOINT_URL: options.functionsEndpoint } : {}),
            ...options.functionEnvironment?.[definition.name],
          },
        }),
      ),
    );
    for (const { name, trigger, alsoEvery } of localFunctions) {
      const every = trigger.kind === 'schedule' ? trigger.every : alsoEvery;
      if (every === undefined) continue;
      // What a stack before this one left undone isn't on the new stream: a first sweep finds it.
      const atOnce = stateFolder !== undefined;
      schedules.push(
        startSchedule(clients.lambda, `${deployment.namePrefix}${name}`, { everySeconds: timings[every], atOnce }),
      );
    }
    signal?.throwIfAborted();
    signal?.removeEventListener('abort', stopEmulator);
    const description: LocalDescription = {
      pid: process.pid,
      endpoint,
      region,
      accountId,
      credentials,
      table,
      streamArn: resources.streamArn,
      kmsKeyArn: resources.kmsKeyArn,
      deadLetterQueueUrl: resources.deadLetterQueue.url,
      parkingQueueUrl: resources.parkingQueue.url,
      verificationQueueUrl: resources.verificationQueue.url,
      sendingEventsQueueUrl: resources.sendingEventsQueue.url,
      feedbackQueueUrl: resources.feedbackQueue.url,
      eventBus: deployment.eventBus,
      configurationSet,
      permissionsBoundaryArn: resources.permissionsBoundaryArn,
      topics: resources.topics,
      smtp,
      mailbox,
      functions: localFunctions.map(({ name }) => `${deployment.namePrefix}${name}`),
      logs: { ...emulator.logs, mail: log },
    };
    return { account: { emulator, token }, description, stop, ended: emulator.ended };
  } catch (error) {
    await stop();
    throw error;
  }
}
