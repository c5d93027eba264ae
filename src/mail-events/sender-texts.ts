import { asMap, asText, type JsonMap } from '../values/json-map.ts';

/** The place in a mail that names its sender. */
export type SenderPlace = 'envelope' | 'from' | 'sender';

/** What a mail says about its sender, unparsed. */
export interface SenderTexts {
  /** MAIL FROM of the SMTP session. If the mail was sent through the SES API, it may be a whole mailbox with a name. */
  readonly envelope: string | undefined;
  /** Each From header, raw. An empty string stands for a header that is not text. */
  readonly from: readonly string[];
  /** Each Sender header, raw. */
  readonly sender: readonly string[];
  /** The From header as SES parsed it, one mailbox each. Only used if the header itself is missing. */
  readonly commonFrom: readonly string[];
  /** The header that may be truncated, because SES cuts headers at 10 KB. */
  readonly cut: 'from' | 'sender' | undefined;
}

/** More headers of one name than this are an attack. The last entry then stands for all that were not read. */
const maxHeaders = 20;

/**
 * Reads what a mail says about its sender.
 * https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html#mail-object
 */
export function readSenderTexts(mail: JsonMap): SenderTexts {
  const headers = Array.isArray(mail['headers']) ? mail['headers'] : [];
  const found: Record<'from' | 'sender', string[]> = { from: [], sender: [] };
  // SES documents it as text, but its examples show a boolean.
  const isTruncated = mail['headersTruncated'] === true || mail['headersTruncated'] === 'true';
  let cut: SenderTexts['cut'];
  for (const [index, entry] of headers.entries()) {
    const header = asMap(entry);
    const name = readName(header?.['name']);
    if (name === undefined) continue;
    if (isTruncated && index === headers.length - 1) cut = name;
    else if (found[name].length < maxHeaders) found[name].push(asText(header?.['value']) ?? '');
    else found[name][maxHeaders - 1] = '';
  }
  const commonFrom = asMap(mail['commonHeaders'])?.['from'];
  return {
    envelope: asText(mail['source']),
    from: found.from,
    sender: found.sender,
    // Array.from, because map() would skip the holes of a sparse list.
    commonFrom: Array.isArray(commonFrom)
      ? Array.from(commonFrom.slice(0, maxHeaders), (value) => asText(value) ?? '')
      : [],
    cut,
  };
}

function readName(value: unknown): 'from' | 'sender' | undefined {
  if (typeof value !== 'string' || value.length > 20) return undefined;
  const name = value.trim().toLowerCase();
  return name === 'from' || name === 'sender' ? name : undefined;
}
