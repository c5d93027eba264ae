import type { AcceptedMail } from '../smtp-endpoint/mailbox.ts';
import { type RawHeader, readRawHeaders } from './read-raw-headers.ts';

/** The account and Region that sent the mail. */
export interface SesPlace {
  readonly partition: string;
  readonly region: string;
  readonly accountId: string;
}

/**
 * Describes a mail as SES does in its events.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
 */
export function buildSesMail(mail: AcceptedMail, { partition, region, accountId }: SesPlace) {
  const { headers, truncated } = readRawHeaders(mail.raw);
  const domain = mail.envelope.from.slice(mail.envelope.from.lastIndexOf('@') + 1);
  return {
    timestamp: mail.acceptedAt.toISOString(),
    source: mail.envelope.from,
    sourceArn: `arn:${partition}:ses:${region}:${accountId}:identity/${domain}`,
    sendingAccountId: accountId,
    messageId: mail.id,
    destination: [...mail.envelope.to],
    headersTruncated: truncated,
    headers,
    commonHeaders: buildCommonHeaders(headers, mail),
    tags: {
      ...Object.fromEntries((mail.tags ?? []).map(({ name, value }) => [name, [value]])),
      // SES's own tags: the endpoint refuses a client's tags of these names.
      'ses:operation': ['SendSmtpEmail'],
      'ses:configuration-set': [mail.configurationSet ?? ''],
      'ses:source-ip': [mail.sourceIp.replace(/^::ffff:/, '')],
      'ses:from-domain': [domain],
      'ses:caller-identity': [mail.userName],
    } as Record<string, string[]>,
  };
}

function buildCommonHeaders(headers: readonly RawHeader[], mail: AcceptedMail) {
  const valuesOf = (name: string) =>
    headers.filter((header) => header.name.toLowerCase() === name).map(({ value }) => value);
  const [date] = valuesOf('date');
  const [subject] = valuesOf('subject');
  const lists = { from: valuesOf('from'), to: valuesOf('to'), cc: valuesOf('cc'), replyTo: valuesOf('reply-to') };
  return {
    ...Object.fromEntries(Object.entries(lists).filter(([, values]) => values.length > 0)),
    ...(date === undefined ? {} : { date }),
    messageId: mail.id,
    ...(subject === undefined ? {} : { subject }),
  };
}
