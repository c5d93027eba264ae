import { QueryCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { ListUsersCommand } from '@aws-sdk/client-iam';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { IamLag } from '../../local/emulator/start-emulator.ts';
import { freePorts } from '../../local/local-ports.ts';
import { forEachBounded } from '../../src/functions/runtime/for-each-bounded.ts';
import { createCredentialRecords } from '../../test/support/credential-records.ts';
import { startFaultProxy } from '../../test/support/fault-proxy.ts';
import { startLocalStack } from '../../test/support/start-local-stack.ts';
import { waitUntil } from '../../test/support/wait-until.ts';

/** The result of a load run. */
export interface LoadResult {
  readonly records: number;
  readonly active: number;
  readonly changed: number;
  readonly disabled: number;
  readonly orphans: number;
  readonly messagesLeft: number;
  /** IAM calls that succeeded, and those that were throttled. */
  readonly passed: number;
  readonly throttled: number;
  readonly seconds: number;
  /** The shortest possible time for the necessary calls under the limit, divided by the time taken. */
  readonly share: number;
}

const callsPerSecond = 20;
/** The number of IAM calls for a new credential, for disabling one, and for changing its patterns. */
const callsOf = { create: 3, disable: 4, change: 1 };

/**
 * Inserts the records at once, with IAM limited to 20 calls a second. While they are provisioned, some other records are
 * disabled, and some get other patterns (each a fifth of the number).
 */
export async function runProvisioningLoad(records: number, limitSeconds: number, iamLag?: IamLag): Promise<LoadResult> {
  const fifth = Math.ceil(records / 5);
  const ports = await freePorts();
  const proxy = await startFaultProxy(`http://127.0.0.1:${ports.emulator}`);
  const stack = await startLocalStack({
    ports,
    functionsEndpoint: proxy.endpoint,
    iamLag,
  });
  try {
    const { clients, description } = stack;
    const table = createCredentialRecords(clients.dynamodb, description.table);
    const names = (kind: string, count: number) => Array.from({ length: count }, (_, at) => `${kind}-${at}`);
    const [created, disabled, changed] = [names('new', records), names('off', fifth), names('other', fifth)];
    const insert = (username: string) => table.insert(username, ['john@example.com']);
    const readAll = async () => {
      const found: Record<string, unknown>[] = [];
      let start: Record<string, never> | undefined;
      do {
        const page = await clients.dynamodb.send(
          new QueryCommand({
            TableName: description.table,
            KeyConditionExpression: 'PK = :pk',
            ExpressionAttributeValues: { ':pk': { S: 'SMTP_USER' } },
            ConsistentRead: true,
            ExclusiveStartKey: start,
          }),
        );
        found.push(...(page.Items ?? []).map((item) => unmarshall(item)));
        start = page.LastEvaluatedKey as typeof start;
      } while (start !== undefined);
      return found;
    };
    const countOf = async (prefix: string, isSo: (record: Record<string, unknown>) => boolean) =>
      (await readAll()).filter((record) => String(record['SK']).startsWith(`USER#${prefix}-`) && isSo(record)).length;
    const isActive = (record: Record<string, unknown>) =>
      record['status'] === 'active' && record['claim'] === undefined;
    const isDisabled = (record: Record<string, unknown>) => record['disabled_at'] !== undefined;
    const isChanged = (record: Record<string, unknown>) =>
      isActive(record) && (record['allowed_from_addresses'] as string[]).includes('new@example.com');
    const countMessages = async () => {
      const counts = await Promise.all(
        [description.deadLetterQueueUrl, description.parkingQueueUrl].map(async (QueueUrl) => {
          const { Attributes = {} } = await clients.sqs.send(
            new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
          );
          return Object.entries(Attributes)
            .filter(([name]) => name.startsWith('ApproximateNumberOfMessages'))
            .reduce((sum, [, value]) => sum + Number(value), 0);
        }),
      );
      return counts.reduce((sum, count) => sum + count, 0);
    };

    await forEachBounded([...disabled, ...changed], 10, insert);
    await waitUntil(
      async () => (await countOf('off', isActive)) + (await countOf('other', isActive)) === 2 * fifth,
      60,
    );

    let iamCalls = 0;
    proxy.decide = ({ service }) => {
      if (service === 'iam') iamCalls += 1;
      return undefined;
    };
    proxy.limits.set('iam', callsPerSecond);
    const startedMs = performance.now();
    await forEachBounded(created, 20, insert);
    await forEachBounded(
      disabled.flatMap((username, at) => [username, changed[at] as string]),
      5,
      async (username) => {
        if (username.startsWith('off')) await table.setStatus(username, 'disabled');
        else {
          await clients.dynamodb.send(
            new UpdateItemCommand({
              TableName: description.table,
              Key: marshall({ PK: 'SMTP_USER', SK: `USER#${username}` }),
              UpdateExpression: 'SET allowed_from_addresses = :patterns',
              ExpressionAttributeValues: marshall({ ':patterns': ['new@example.com'] }),
            }),
          );
        }
      },
    );
    const count = async () => ({
      active: await countOf('new', isActive),
      disabled: await countOf('off', isDisabled),
      changed: await countOf('other', isChanged),
    });
    const pause = () => new Promise((resolve) => setTimeout(resolve, 500));
    await waitUntil(async () => {
      await pause();
      const now = await count();
      return now.active === records && now.disabled === fifth && now.changed === fifth;
    }, limitSeconds).catch(() => {});
    const seconds = (performance.now() - startedMs) / 1000;
    const throttled = proxy.counts.limited;
    const passed = iamCalls - throttled;
    await waitUntil(async () => (await countMessages()) === 0, 60).catch(() => {});
    const needed = records * callsOf.create + fifth * (callsOf.disable + callsOf.change);
    const users = new Set<string>();
    let Marker: string | undefined;
    do {
      const page = await clients.iam.send(new ListUsersCommand({ PathPrefix: '/ses-smtp/', MaxItems: 1000, Marker }));
      for (const { Arn = '' } of page.Users ?? []) users.add(Arn);
      Marker = page.IsTruncated === true ? page.Marker : undefined;
    } while (Marker !== undefined);
    for (const record of await readAll()) users.delete(String(record['iam_user_arn']));
    return {
      records,
      ...(await count()),
      orphans: users.size,
      messagesLeft: await countMessages(),
      passed,
      throttled,
      seconds,
      share: needed / callsPerSecond / seconds,
    };
  } finally {
    await stack.stop();
    await proxy.stop();
  }
}
