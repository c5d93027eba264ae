/** How a recipient answers a mail. */
export type RecipientFate = 'delivered' | 'bounced' | 'complained' | 'suppressed';

const simulatorDomain = '@simulator.amazonses.com';

const fates: Readonly<Record<string, RecipientFate>> = {
  success: 'delivered',
  // The automatic reply goes to the From address and makes no event.
  ooto: 'delivered',
  bounce: 'bounced',
  complaint: 'complained',
  suppressionlist: 'suppressed',
};

/**
 * What happens to a mail to this address. The mailbox simulator's addresses, with or without a label (`bounce+one@...`), behave
 * as AWS documents; all others accept the mail.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/send-an-email-from-console.html
 */
export function simulateRecipient(address: string): RecipientFate {
  const lower = address.toLowerCase();
  if (!lower.endsWith(simulatorDomain)) return 'delivered';
  const [name = ''] = lower.slice(0, -simulatorDomain.length).split('+');
  return fates[name] ?? 'delivered';
}
