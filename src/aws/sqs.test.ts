import type { ChangeMessageVisibilityCommand, SQSClient } from '@aws-sdk/client-sqs';
import { expect, it } from 'vitest';
import { createMessageDelay } from './sqs.ts';

it.each([
  [0.2, 1],
  [43_200, 43_200],
  [2_000_000_000, 43_200],
])('a message waits %i seconds for %i at most', async (seconds, expected) => {
  const sent: ChangeMessageVisibilityCommand['input'][] = [];
  const client = {
    send: (command: ChangeMessageVisibilityCommand) => {
      sent.push(command.input);
      return Promise.resolve({});
    },
  } as unknown as SQSClient;
  await createMessageDelay(() => client, 'https://queue').delay('handle', seconds);
  expect(sent.map(({ VisibilityTimeout }) => VisibilityTimeout)).toEqual([expected]);
});
