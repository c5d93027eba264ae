import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import type { OwnLocalStack } from './start-local-stack.ts';
import { waitUntil } from './wait-until.ts';

/**
 * Runs one sweep of the deployment without a prefix.
 *
 * @returns the findings as `USERNAME FINDING`, sorted
 * @throws Error with the sweep's log when it fails
 */
export async function runSweep({
  clients,
  description,
}: Pick<OwnLocalStack, 'clients' | 'description'>): Promise<string[]> {
  const id = randomUUID();
  const { FunctionError } = await clients.lambda.send(
    new InvokeCommand({ FunctionName: 'smtp-credential-sweeper', Payload: JSON.stringify({ id }) }),
  );
  const lines = () =>
    readFileSync(description.logs.functions, 'utf8')
      .split('\n')
      .filter((line) => line.includes(id));
  if (FunctionError !== undefined) throw new Error(`The sweep failed: ${lines().join('\n')}`);
  await waitUntil(() => Promise.resolve(lines().some((line) => line.includes('SWEEP_RUN_DONE'))));
  return lines()
    .flatMap((line) => {
      const [, user, kind] = /"username":"([^"]+)","finding":"([^"]+)"/.exec(line) ?? [];
      return user === undefined ? [] : [`${user} ${kind}`];
    })
    .sort();
}
