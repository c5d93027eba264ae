/** How a recipient answers a mail. */
export type RecipientFate = 'delivered' | 'delayed' | 'replied' | 'bounced' | 'complained' | 'suppressed';

const simulatorDomain = '@simulator.amazonses.com';

const fates: Readonly<Record<string, RecipientFate>> = {
  success: 'delivered',
  // Besides the reply to the From address SES reports a bounce of type Transient: https://github.com/knadh/listmonk/issues/2358.
  ooto: 'replied',
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
  const local = lower.slice(0, -simulatorDomain.length);
  // Ours: smtp-endpoint/simulated-trouble.ts.
  if (local === 'chaos+suppressed') return 'suppressed';
  if (/^chaos\+delayed(\+|$)/.test(local)) return 'delayed';
  const [name = ''] = local.split('+');
  return fates[name] ?? 'delivered';
}
