import {
  PutSuppressedDestinationCommand,
  paginateListSuppressedDestinations,
  type SESv2Client,
} from '@aws-sdk/client-sesv2';
import { type RecipientFate, simulateRecipient } from './simulate-recipient.ts';

/** Ours: its first mail bounces. Any label may follow. */
const bouncesOnce = /^chaos\+bounce-once(\+[^@]*)?@simulator\.amazonses\.com$/i;

/**
 * Decides how recipients answer, as their addresses say and as the suppression list does. Upper and lower case make no difference. An address that
 * bounces once is put on the list by that, as SES does with ordinary addresses: once it is taken off, its mail arrives.
 */
export function createRecipientFates(
  ses: SESv2Client,
): (recipients: readonly string[]) => Promise<readonly RecipientFate[]> {
  const bounced = new Set<string>();

  async function readList(): Promise<Set<string>> {
    const listed = new Set<string>();
    for await (const { SuppressedDestinationSummaries = [] } of paginateListSuppressedDestinations(
      { client: ses },
      {},
    )) {
      for (const { EmailAddress = '' } of SuppressedDestinationSummaries) listed.add(EmailAddress.toLowerCase());
    }
    return listed;
  }

  async function decide(address: string, listed: ReadonlySet<string>): Promise<RecipientFate> {
    const recipient = address.toLowerCase();
    if (listed.has(recipient)) return 'suppressed';
    if (!bouncesOnce.test(recipient) || bounced.has(recipient)) return simulateRecipient(recipient);
    bounced.add(recipient);
    await ses.send(new PutSuppressedDestinationCommand({ EmailAddress: address, Reason: 'BOUNCE' }));
    return 'bounced';
  }

  return async (recipients) => {
    const listed = await readList();
    return await Promise.all(recipients.map((recipient) => decide(recipient, listed)));
  };
}
