import {
  DeleteSuppressedDestinationCommand,
  GetSuppressedDestinationCommand,
  type SESv2Client,
} from '@aws-sdk/client-sesv2';
import type { SuppressedAddresses } from '../deliverability/suppressed-addresses.ts';
import { findAtSes } from './find-at-ses.ts';
import { limitTime } from './limit-time.ts';

/** https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SuppressedDestination.html */
export function createSuppressedAddresses(client: () => SESv2Client): SuppressedAddresses {
  return {
    async find(spelling) {
      const command = new GetSuppressedDestinationCommand({ EmailAddress: spelling });
      const answer = await findAtSes('ses:GetSuppressedDestination', () => client().send(command, limitTime()));
      const found = answer?.SuppressedDestination;
      if (found?.Reason === undefined) return undefined;
      return {
        address: found.EmailAddress ?? spelling,
        reason: found.Reason,
        since: found.LastUpdateTime?.toISOString(),
        messageId: found.Attributes?.MessageId,
      };
    },

    async remove(spelling) {
      const command = new DeleteSuppressedDestinationCommand({ EmailAddress: spelling });
      const answer = await findAtSes('ses:DeleteSuppressedDestination', () => client().send(command, limitTime()));
      return answer !== undefined;
    },
  };
}
