import type { IAMClient } from '@aws-sdk/client-iam';
import { expect, it } from 'vitest';
import { createIamInventory } from './iam-inventory.ts';
import { INLINE_POLICY_NAME } from './policy-names.ts';

function readInline(names: readonly string[]) {
  const send = (command: object) =>
    Promise.resolve(command.constructor.name === 'ListUserPoliciesCommand' ? { PolicyNames: names } : {});
  const inventory = createIamInventory({
    client: () => ({ send }) as unknown as IAMClient,
    partition: 'aws',
    accountId: '123456789012',
    ownership: { region: 'eu-west-1', table: 'mail' },
    pace: () => Promise.resolve(),
  });
  const reads = { keys: false, document: undefined, inlineNames: true, boundary: false, lastUseOf: undefined };
  return inventory.readHoldings('jane', reads);
}

it('tells our own inline policy from those of others, also where nobody expects it', async () => {
  expect(await readInline([INLINE_POLICY_NAME, 'wide'])).toMatchObject({
    foreignInlinePolicies: ['wide'],
    hasInlinePolicy: true,
  });
  expect(await readInline([])).toMatchObject({ foreignInlinePolicies: [], hasInlinePolicy: false });
});
