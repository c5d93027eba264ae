/** Between the brackets of a Message-ID header: https://www.rfc-editor.org/rfc/rfc5322#section-3.6.4. Clients write more than it allows. */
const bracketed = /<([^<>\s@\p{C}]{1,250}@[^<>\s@\p{C}]{1,250})>/u;
const bare = /^[^<>\s@\p{C}]{1,250}@[^<>\s@\p{C}]{1,250}$/u;

/**
 * The `Message-ID` that a mail program gave its mail, without angle brackets: alone, or in a header line or a log line. SES replaces it on the way to
 * the recipient, but its events hold it.
 */
export function findClientMessageId(text: string): string | undefined {
  const value = text.replace(/^\s*message-id:/i, '').trim();
  return bracketed.exec(value)?.[1] ?? (bare.test(value) ? value : undefined);
}
