import type { MailFacts } from './mail-facts.ts';
import type { PossibleCause, SmtpExplanation } from './smtp-explanation.ts';

const listPattern = /failed the check(?: in region ([A-Z]{2}[A-Z0-9-]{5,30}))?: ?([^\n]{1,560})/i;

/** Lists the identities of `Email address is not verified`, and tells senders from recipients where the text shows them. */
export function explainUnverified(reply: string, { senders, recipients }: MailFacts): Partial<SmtpExplanation> {
  const [, region, list = ''] = listPattern.exec(reply) ?? [];
  const identities = list
    .split(/[, ]+/)
    .map((each) => each.replace(/\.+$/, '').replace(/^[<"'`]|[>"'`);]$/g, ''))
    .filter((each) => /^[^\s@]{0,255}@?[^\s@]+\.[^\s@]+$/.test(each));
  if (identities.length === 0) return { causes: causesIn('this Region') };
  const where = region === undefined ? 'this Region' : region.toLowerCase();
  const more = /\.\.\.\s*$/.test(list) ? ' and others' : '';
  const named = `${identities.join(', ')}${more}`;
  const known = { senders: lowerCase(senders), recipients: lowerCase(recipients) };
  const areRecipients = identities.every(
    (each) => known.recipients.has(each.toLowerCase()) && !known.senders.has(each.toLowerCase()),
  );
  if (areRecipients) {
    return {
      code: 'sandbox-recipient',
      cause: `The account is in the SES sandbox in ${where}, where recipients have to be verified as well: ${named} is not.`,
      remedy:
        'Ask AWS for production access in this Region. For a test, verify the recipient or send to success@simulator.amazonses.com.',
      link: 'https://docs.aws.amazon.com/ses/latest/dg/request-production-access.html',
      certainty: 'likely',
    };
  }
  const isSender = identities.some((each) => known.senders.has(each.toLowerCase()));
  return {
    cause: `SES has not verified ${named} in ${where}.`,
    remedy: `Verify the address or its domain in ${where}, or send through the Region where it is verified. If it is a recipient, the account is in the sandbox: ask AWS for production access.`,
    certainty: isSender ? 'certain' : 'likely',
    ...(isSender ? {} : { causes: causesIn(where) }),
  };
}

function causesIn(where: string): readonly PossibleCause[] {
  return [
    {
      code: 'identity-unverified',
      cause: `A named identity is a sender (From, Sender, Return-Path), and neither it nor its domain is verified in ${where}.`,
      remedy: `Verify the domain in ${where}: verification does not count in other Regions.`,
      certainty: 'likely',
    },
    {
      code: 'sandbox-recipient',
      cause: `A named identity is a recipient, and the account is in the SES sandbox in ${where}.`,
      remedy: 'Ask AWS for production access in this Region.',
      certainty: 'possible',
    },
  ];
}

function lowerCase(addresses: ReadonlySet<string>): ReadonlySet<string> {
  return new Set([...addresses].map((each) => each.toLowerCase()));
}
