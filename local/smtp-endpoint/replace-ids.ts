/**
 * A message as SES hands it on: with its own Message-ID and with the time of acceptance as Date, whatever the client wrote.
 *
 * @param raw the message of the client
 * @param accepted the id of the 250 reply, the Region, and the time of acceptance
 * @see https://docs.aws.amazon.com/ses/latest/dg/header-fields.html
 */
export function replaceIds(raw: Buffer, { id, region, at }: { id: string; region: string; at: Date }): Buffer {
  const end = /\r?\n\r?\n/.exec(raw.toString('latin1'))?.index ?? raw.length;
  const fields = raw
    .subarray(0, end)
    .toString('latin1')
    .split(/\r?\n(?![ \t])/);
  const kept = fields.filter((field) => !/^(?:message-id|date)[ \t]*:/i.test(field));
  const own = [`Message-ID: <${id}@${messageIdDomain(region)}>`, `Date: ${formatDate(at)}`];
  return Buffer.concat([Buffer.from([...own, ...kept].join('\r\n'), 'latin1'), raw.subarray(end)]);
}

/** us-east-1 has a domain of its own: https://docs.aws.amazon.com/ses/latest/dg/send-email-authentication-spf.html. */
function messageIdDomain(region: string): string {
  return region === 'us-east-1' ? 'email.amazonses.com' : `${region}.amazonses.com`;
}

function formatDate(at: Date): string {
  return at.toUTCString().replace(/GMT$/, '+0000');
}
