import {
  GetEmailIdentityCommand,
  ListEmailIdentitiesCommand,
  type ListEmailIdentitiesCommandOutput,
  NotFoundException,
  type SESv2Client,
} from '@aws-sdk/client-sesv2';
import type { SendingIdentities } from '../credential/patterns/sending-identities.ts';
import { toAwsProblem } from './aws-problem.ts';

/**
 * The identities of SES.
 *
 * @param pace waits for its turn: SES takes one such call a second from an account.
 *   https://docs.aws.amazon.com/ses/latest/dg/quotas.html
 */
export function createSendingIdentities(client: () => SESv2Client, pace: () => Promise<void>): SendingIdentities {
  return {
    async *list() {
      let NextToken: string | undefined;
      do {
        await pace();
        const page: ListEmailIdentitiesCommandOutput = await client()
          .send(new ListEmailIdentitiesCommand({ PageSize: 1000, NextToken }))
          .catch((error: unknown) => {
            throw toAwsProblem('ses:ListEmailIdentities', error);
          });
        yield (page.EmailIdentities ?? []).flatMap(({ IdentityName: name, VerificationStatus: status }) =>
          name !== undefined && status === 'SUCCESS' ? [{ name }] : [],
        );
        NextToken = page.NextToken;
      } while (NextToken !== undefined);
    },

    async findConfigurationSet(name) {
      await pace();
      try {
        const { ConfigurationSetName: held } = await client().send(
          new GetEmailIdentityCommand({ EmailIdentity: name }),
        );
        return held === undefined ? 'none' : { name: held };
      } catch (error) {
        if (error instanceof NotFoundException) return undefined;
        throw toAwsProblem('ses:GetEmailIdentity', error);
      }
    },
  };
}
