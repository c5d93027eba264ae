import { PutSuppressedDestinationCommand, SESv2Client } from '@aws-sdk/client-sesv2';
import type { SuppressionList } from '../mail-events/stores.ts';
import { toAwsProblem } from './aws-problem.ts';
import { clientSettings } from './client-settings.ts';

export function createSesClient(): SESv2Client {
  return new SESv2Client(clientSettings);
}

/** https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_PutSuppressedDestination.html */
export function createSuppressionList(client: () => SESv2Client): SuppressionList {
  return {
    async add(address, reason) {
      try {
        await client().send(new PutSuppressedDestinationCommand({ EmailAddress: address, Reason: reason }));
      } catch (error) {
        throw toAwsProblem('ses:PutSuppressedDestination', error);
      }
    },
  };
}
