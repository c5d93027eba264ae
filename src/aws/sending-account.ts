import {
  GetAccountCommand,
  GetConfigurationSetCommand,
  GetEmailIdentityCommand,
  type SESv2Client,
} from '@aws-sdk/client-sesv2';
import type { SendingAccount } from '../deliverability/sending-account.ts';
import { findSuppressed } from '../deliverability/suppressed-addresses.ts';
import { toAwsProblem } from './aws-problem.ts';
import { findAtSes } from './find-at-ses.ts';
import { limitTime } from './limit-time.ts';
import { createSuppressedAddresses } from './suppressed-addresses.ts';

/** The account's SES. https://docs.aws.amazon.com/ses/latest/APIReference-V2/Welcome.html */
export function createSendingAccount(client: () => SESv2Client): SendingAccount {
  return {
    async readState() {
      const answer = await client()
        .send(new GetAccountCommand({}), limitTime())
        .catch((error: unknown) => {
          throw toAwsProblem('ses:GetAccount', error);
        });
      const { Max24HourSend = 0, SentLast24Hours = 0 } = answer.SendQuota ?? {};
      return {
        hasProductionAccess: answer.ProductionAccessEnabled === true,
        isSendingEnabled: answer.SendingEnabled === true && answer.EnforcementStatus !== 'SHUTDOWN',
        // -1 stands for no limit: https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendQuota.html
        dailyQuota: Max24HourSend < 0 ? undefined : Max24HourSend,
        sentLast24Hours: SentLast24Hours,
        suppressedReasons: answer.SuppressionAttributes?.SuppressedReasons ?? [],
      };
    },

    async findIdentity(name) {
      const command = new GetEmailIdentityCommand({ EmailIdentity: name });
      const answer = await findAtSes('ses:GetEmailIdentity', () => client().send(command, limitTime()));
      return (
        answer && {
          name,
          isVerified: answer.VerifiedForSendingStatus === true,
          configurationSet: answer.ConfigurationSetName,
        }
      );
    },

    async findConfigurationSet(name) {
      const command = new GetConfigurationSetCommand({ ConfigurationSetName: name });
      const answer = await findAtSes('ses:GetConfigurationSet', () => client().send(command, limitTime()));
      return (
        answer && {
          isSendingEnabled: answer.SendingOptions?.SendingEnabled !== false,
          suppressedReasons: answer.SuppressionOptions?.SuppressedReasons,
        }
      );
    },

    async findSuppression(address) {
      return (await findSuppressed(address, createSuppressedAddresses(client)))?.reason;
    },
  };
}
