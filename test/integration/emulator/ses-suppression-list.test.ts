import {
  DeleteSuppressedDestinationCommand,
  GetSuppressedDestinationCommand,
  ListSuppressedDestinationsCommand,
  PutSuppressedDestinationCommand,
} from '@aws-sdk/client-sesv2';
import { expect, it } from 'vitest';
import { localStack } from '../../support/local-stack.ts';

const { clients } = localStack();

it('keeps addresses with their reason, until they are deleted', async () => {
  const { ses } = clients;
  const EmailAddress = 'plus+sign@example.net';
  const listed = async (Reasons?: ('BOUNCE' | 'COMPLAINT')[]) => {
    const { SuppressedDestinationSummaries = [] } = await ses.send(new ListSuppressedDestinationsCommand({ Reasons }));
    return SuppressedDestinationSummaries.map((summary) => summary.EmailAddress);
  };
  await ses.send(new PutSuppressedDestinationCommand({ EmailAddress, Reason: 'BOUNCE' }));
  // The later reason counts.
  await ses.send(new PutSuppressedDestinationCommand({ EmailAddress, Reason: 'COMPLAINT' }));
  const { SuppressedDestination } = await ses.send(new GetSuppressedDestinationCommand({ EmailAddress }));
  expect(SuppressedDestination).toMatchObject({ EmailAddress, Reason: 'COMPLAINT', LastUpdateTime: expect.any(Date) });
  expect(await listed()).toContain(EmailAddress);
  await expect(
    ses.send(new GetSuppressedDestinationCommand({ EmailAddress: 'Plus+Sign@example.net' })),
    'the calls need the exact spelling',
  ).rejects.toMatchObject({ name: 'NotFoundException' });
  expect(await listed(['BOUNCE'])).not.toContain(EmailAddress);
  await ses.send(new DeleteSuppressedDestinationCommand({ EmailAddress }));
  await expect(ses.send(new GetSuppressedDestinationCommand({ EmailAddress }))).rejects.toMatchObject({
    name: 'NotFoundException',
  });
  expect(await listed()).not.toContain(EmailAddress);
});
