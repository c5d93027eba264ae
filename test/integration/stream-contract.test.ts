import { readFileSync } from 'node:fs';
import { DisableKeyCommand, EnableKeyCommand } from '@aws-sdk/client-kms';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createCredentialRecords } from '../support/credential-records.ts';
import { iamUsersOf } from '../support/iam-users-of.ts';
import { type OwnLocalStack, startLocalStack } from '../support/start-local-stack.ts';
import { waitUntil } from '../support/wait-until.ts';

const manager = 'smtp-credential-manager';
let stack: OwnLocalStack;
let records: ReturnType<typeof createCredentialRecords>;

beforeAll(async () => {
  // Its dead letters don't arrive, so that only the mapping keeps track of failures.
  const nowhere = 'http://sqs.us-east-1.amazonaws.com/000000000000/there-is-no-such-queue';
  stack = await startLocalStack({
    timings: { backoffBaseSeconds: 1, backoffLimitSeconds: 2 },
    functionEnvironment: { [manager]: { DEAD_LETTER_QUEUE_URL: nowhere } },
  });
  records = createCredentialRecords(stack.clients.dynamodb, stack.description.table);
});

afterAll(() => stack.stop());
afterEach(() => switchKmsKey('on'));

function switchKmsKey(to: 'on' | 'off') {
  const input = { KeyId: stack.description.kmsKeyArn };
  return stack.clients.kms.send(to === 'on' ? new EnableKeyCommand(input) : new DisableKeyCommand(input));
}

const attemptsOf = (record: Record<string, unknown>) => (record['failure'] as { attempts?: number })?.attempts ?? 0;
const logOf = (functionName: string) =>
  readFileSync(stack.description.logs.functions, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith(`${functionName} `))
    .join('\n');

describe('a record that fails while the dead-letter queue can’t be reached', () => {
  it('is retried by the stream’s mapping, with the records behind it', async () => {
    await switchKmsKey('off');
    await Promise.all(['contract.one', 'contract.two'].map((name) => records.insert(name, [`${name}@example.com`])));
    await records.waitFor('contract.one', (record) => attemptsOf(record) >= 2);
    expect(logOf(manager)).toContain('DEAD_LETTER_FAILED');
    await switchKmsKey('on');
    for (const name of ['contract.one', 'contract.two']) {
      await records.waitForStatus(name, 'active');
      expect(await iamUsersOf(stack.clients.iam, name)).toHaveLength(1);
    }
    // No other function has worked on them.
    expect(logOf('smtp-dlq-processor')).not.toContain('contract.');
  });

  it('is sent to the queue by Lambda when the retries are used up, and still becomes active', async () => {
    await switchKmsKey('off');
    await records.insert('contract.late', ['contract.late@example.com']);
    await waitUntil(async () => logOf('smtp-dlq-processor').includes('contract.late'), 40);
    expect(attemptsOf((await records.read('contract.late')) ?? {})).toBeGreaterThanOrEqual(6);
    await switchKmsKey('on');
    await records.waitForStatus('contract.late', 'active', 30);
    expect(await iamUsersOf(stack.clients.iam, 'contract.late')).toHaveLength(1);
    // The stream continues after it.
    await records.insert('contract.after', ['contract.after@example.com']);
    await records.waitForStatus('contract.after', 'active');
  });
});
