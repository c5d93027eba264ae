import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { GetFunctionConfigurationCommand, UpdateFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCredentialAdministration } from '../support/credential-administration.ts';
import { iamUsersOf } from '../support/iam-users-of.ts';
import { type OwnLocalStack, startLocalStack } from '../support/start-local-stack.ts';

const manager = 'smtp-credential-manager';
let stack: OwnLocalStack;
let admin: ReturnType<typeof createCredentialAdministration>;

beforeAll(async () => {
  stack = await startLocalStack({
    functionEnvironment: { [manager]: { RECEIVING_RULES: 'warn' } },
  });
  admin = createCredentialAdministration(stack.description, stack.clients);
});
afterAll(() => stack?.stop());

async function putRule(pattern: string, more: Record<string, unknown> = {}): Promise<void> {
  const rule = { PK: `ROUTE#${pattern}`, SK: 'RULE#v1', entity_type: 'ROUTE', action: 'store', enabled: true, ...more };
  await stack.clients.dynamodb.send(new PutItemCommand({ TableName: stack.description.table, Item: marshall(rule) }));
}

async function setMode(mode: string): Promise<void> {
  const { lambda } = stack.clients;
  const { Environment } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: manager }));
  const Variables = { ...Environment?.Variables, RECEIVING_RULES: mode };
  await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: manager, Environment: { Variables } }));
}

describe.sequential('the receiving rules of the same table', () => {
  it('with "warn": a pattern without a receiving rule makes a warning on the record, which still works', async () => {
    await putRule('known@example.com');
    await putRule('off@example.com', { enabled: false });
    const known = await admin.create('rules.known', ['known@example.com', 'known+tag@example.com']);
    expect(known).not.toHaveProperty('warning');
    const unknown = await admin.create('rules.unknown', [
      'known@example.com',
      'unknown@example.com',
      'off@example.com',
    ]);
    expect(unknown['warning']).toMatchObject([
      {
        code: 'ReceivingRuleMissing',
        text: expect.stringContaining('no enabled receiving rule covers off@example.com, unknown@example.com'),
      },
    ]);
  });

  it('a rule for the whole domain ends the warning at the next change', async () => {
    await putRule('*@example.com');
    await admin.edit('rules.unknown', { allowed_from_addresses: ['unknown@example.com'] });
    const record = await admin.waitFor('rules.unknown', (item) => item['warning'] === undefined);
    expect(record).toMatchObject({ status: 'active' });
  });

  it('with "require": such a record fails and says what to do, and works once there is a rule', async () => {
    await setMode('require');
    await admin.insert('rules.required', ['somebody@example.net']);
    const failed = await admin.waitForStatus('rules.required', 'failed');
    expect(failed).toMatchObject({
      failure: { code: 'ReceivingRuleMissing', message: expect.stringMatching(/somebody@example\.net.*Add a rule/) },
    });
    expect(await iamUsersOf(stack.clients.iam, 'rules.required')).toEqual([]);
    await putRule('somebody@example.net');
    await admin.setStatus('rules.required', 'pending');
    expect(await admin.waitForStatus('rules.required', 'active')).not.toHaveProperty('failure');
  });
});
