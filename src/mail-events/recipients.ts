import { parseMailbox } from './address-list.ts';

/**
 * An address as SES names it: alone, or with a display name as in `Kim Lee <kim@example.org>`. In lower case, because the same mailbox is also
 * written with capitals, and the suppression list doesn't tell the two apart. What is no address stays as it is.
 *
 * The display name is seen in practice: https://github.com/freelawproject/courtlistener/issues/2115
 */
export function readRecipient(text: string): string {
  const trimmed = text.trim();
  return (parseMailbox(trimmed)?.address ?? trimmed).toLowerCase();
}

/**
 * The recipients of a mail that a report is about, each once, and never more than the mail had. A report names others as well: a bounce has the
 * address to which a recipient forwards the mail, and an attacker's mail server may name anybody. Each of those stands for a recipient that
 * the report doesn't name.
 *
 * https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html#bounced-recipients ("the value of the Final-Recipient field")
 *
 * @param destination all recipients of the mail. Where the report doesn't name them, one is all that can be counted
 * @param reported the recipients in the report
 */
export function fitRecipients(
  destination: readonly string[],
  reported: readonly string[],
): { readonly recipients: readonly string[]; readonly known: readonly string[] } {
  const all = new Set(destination.map(readRecipient));
  const named = [...new Set(reported.map(readRecipient))];
  const known = named.filter((address) => all.has(address));
  if (all.size === 0) return { recipients: named.length === 0 ? [] : ['the mail'], known: [] };
  const others = [...all].filter((address) => !known.includes(address)).slice(0, named.length - known.length);
  return { recipients: [...known, ...others], known };
}
