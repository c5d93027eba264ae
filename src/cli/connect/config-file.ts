import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import * as v from 'valibot';
import { CliError } from '../command/cli-error.ts';
import type { Config, ConfigStore } from '../command/config-store.ts';

const text = v.pipe(v.string('is not a text'), v.nonEmpty('is empty'));
const schema = v.object({
  current: v.optional(text),
  deployments: v.optional(
    v.record(
      v.string(),
      v.object({
        region: v.optional(text),
        profile: v.optional(text),
        prefix: v.optional(v.string('is not a text')),
        api: v.optional(text),
      }),
    ),
    {},
  ),
});

/** The config file: `$XDG_CONFIG_HOME/sesame/config.json`, or the same under `~/.config`. */
export function createConfigFile(env: Readonly<Record<string, string | undefined>>): ConfigStore {
  const base = env['XDG_CONFIG_HOME'];
  // The specification has relative paths ignored.
  const folder = base !== undefined && isAbsolute(base) ? base : join(env['HOME'] || homedir(), '.config');
  const path = join(folder, 'sesame', 'config.json');
  return {
    path,
    async read() {
      const json = await readIfThere(path);
      return json === undefined ? { deployments: {} } : parse(json, path);
    },
    async write(config) {
      const draft = `${path}.${process.pid}`;
      try {
        await mkdir(dirname(path), { recursive: true, mode: 0o700 });
        await writeFile(draft, `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600 });
        await rename(draft, path);
      } catch (error) {
        const { message } = error as Error;
        throw new CliError('failure', 'UnwritableFile', `${path} can't be written: ${message}.`, { cause: error });
      }
    },
  };
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new CliError('failure', 'UnreadableFile', `${path} can't be read: ${message}.`);
  }
}

function parse(json: string, path: string): Config {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw invalid(path, `it is no JSON: ${error instanceof Error ? error.message : error}.`);
  }
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  throw invalid(path, result.issues.map((issue) => `${v.getDotPath(issue) ?? 'it'} ${issue.message}`).join('; '));
}

function invalid(path: string, faults: string): CliError {
  return new CliError('failure', 'InvalidConfig', `${path} is not valid: ${faults}`, {
    remedy: 'Correct it, or remove the file and name your deployments again: sesame deployments add.',
  });
}
