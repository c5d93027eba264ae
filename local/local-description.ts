import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Deployment } from '../src/deployment/deployment.ts';
import { describeEnvironment } from './describe-environment.ts';
import { projectFolder } from './project-folder.ts';

/**
 * The content of `.sesame/local.json`: everything that another program needs to use the stack. It is the description of a deployment, and
 * beside it what only a local stack has.
 */
export interface LocalDescription extends Deployment {
  pid: number;
  endpoint: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
  streamArn: string;
  smtp: { host: string; startTlsPort: number; tlsPort: number; caFile: string };
  api: { url: string };
  eventLogGroup: string;
  historyLogGroup: string;
  /** URL that lists the received mails as JSON. */
  mailbox: string;
  logs: { emulator: string; functions: string; mail: string };
}

/** The folder for everything that the local stack keeps between runs. Git ignores it. Tests of the commands use another one. */
export const localHome = process.env['SESAME_HOME'] ?? join(projectFolder, '.sesame');

const descriptionFile = join(localHome, 'local.json');
const environmentFile = join(localHome, 'env');

/** Writes the description, and the variables that the AWS CLI needs, atomically and readable by their owner only. */
export function writeLocalDescription(description: LocalDescription): void {
  const { pid } = description;
  write(descriptionFile, `${JSON.stringify(description, null, 2)}\n`, pid);
  write(environmentFile, describeEnvironment(description), pid);
}

function write(file: string, text: string, pid: number): void {
  const draft = `${file}.${pid}`;
  writeFileSync(draft, text, { mode: 0o600 });
  renameSync(draft, file);
}

/** The description of the running stack, or one that a crashed stack left; undefined when there is none. */
export function readLocalDescription(): LocalDescription | undefined {
  try {
    return JSON.parse(readFileSync(descriptionFile, 'utf8')) as LocalDescription;
  } catch {
    return undefined;
  }
}

/** Removes the description, if there is one. */
export function removeLocalDescription(): void {
  for (const file of [descriptionFile, environmentFile]) rmSync(file, { force: true });
}
