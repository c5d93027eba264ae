import { readFile, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import * as v from 'valibot';
import { createDeploymentFiles } from '../../admin/deployment-files.ts';
import type { LocalStack } from '../command/local-stack.ts';

const text = v.pipe(v.string(), v.nonEmpty());
const schema = v.object({
  pid: v.number(),
  endpoint: text,
  region: text,
  table: text,
  smtp: v.object({ host: text, startTlsPort: v.number(), tlsPort: v.number(), caFile: text }),
  mailbox: text,
  logs: v.record(v.string(), text),
  api: v.optional(v.object({ url: text })),
  credentials: v.object({ accessKeyId: text, secretAccessKey: text }),
});

export type LocalStackFinder = () => Promise<{ readonly file: string; readonly stack: LocalStack } | undefined>;

/** Finds the local stack that runs: in `SESAME_HOME`, else in the `.sesame` folder of this folder or one above it. */
export function createLocalStackFinder(
  env: Readonly<Record<string, string | undefined>>,
  workingFolder: string,
): LocalStackFinder {
  const home = env['SESAME_HOME'];
  return async () => {
    const homes = home
      ? [resolve(workingFolder, home)]
      : foldersAbove(workingFolder).map((each) => join(each, '.sesame'));
    for (const folder of homes) {
      const file = await createDeploymentFiles(folder).findLocalStack();
      if (file !== undefined && (await isOwn(file))) return { file, stack: await read(file) };
    }
    return undefined;
  };
}

/** In a shared folder above, somebody else could have put a stack of theirs. */
async function isOwn(file: string): Promise<boolean> {
  return process.getuid === undefined || (await stat(file)).uid === process.getuid();
}

async function read(file: string): Promise<LocalStack> {
  const { api, ...stack } = v.parse(schema, JSON.parse(await readFile(file, 'utf8')));
  return { ...stack, file, apiUrl: api?.url };
}

function foldersAbove(folder: string): string[] {
  const parent = dirname(folder);
  return parent === folder ? [folder] : [folder, ...foldersAbove(parent)];
}
