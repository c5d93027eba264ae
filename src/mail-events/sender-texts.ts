import { asMap, asText, type JsonMap } from '../values/json-map.ts';

/** Where a mail names its sender. */
export type SenderPlace = 'envelope' | 'from' | 'sender';

/** What a mail says of its sender, as it stands there. */
export interface SenderTexts {
  /** MAIL FROM of the SMTP session; a whole mailbox with a name when the mail came by SES's API. */
  readonly envelope: string | undefined;
  /** Each From header, raw. An empty text stands for one that isn't text. */
  readonly from: readonly string[];
  /** Each Sender header, raw. */
  readonly sender: readonly string[];
  /** SES's own reading of the From header: one mailbox each. Only used where the header itself is missing. */
  readonly commonFrom: readonly string[];
  /** The header that may have lost its end, because SES cuts headers at 10 KB. */
  readonly cut: 'from' | 'sender' | undefined;
}

/** More headers of one name than this are an attack; the last one then stands for all that weren't read. */
const maxHeaders = 20;

/** Reads what a mail says of its sender. https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html#mail-object */
export function readSenderTexts(mail: JsonMap): SenderTexts {
  const headers = Array.isArray(mail['headers']) ? mail['headers'] : [];
  const found: Record<'from' | 'sender', string[]> = { from: [], sender: [] };
  // SES documents it as text, and shows it as true or false.
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
    // Array.from, because a list may have holes, which map() leaves as they are.
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
