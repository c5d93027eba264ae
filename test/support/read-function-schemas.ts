import { globSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { EnvSchema } from '../../src/functions/runtime/read-env.ts';

const functions = join(import.meta.dirname, '..', '..', 'src', 'functions');

/** The schema of each function's environment, by the function's name: all that `src/functions` has. */
export async function readFunctionSchemas(): Promise<ReadonlyMap<string, EnvSchema>> {
  const found = globSync('*/env.ts', { cwd: functions }).map(async (file) => {
    const exported = (await import(join(functions, file))) as Record<string, EnvSchema>;
    const [schema] = Object.entries(exported).flatMap(([name, value]) => (name.endsWith('EnvSchema') ? [value] : []));
    if (schema === undefined) throw new Error(`src/functions/${file} exports no schema.`);
    return [basename(dirname(file)), schema] as const;
  });
  return new Map(await Promise.all(found));
}
