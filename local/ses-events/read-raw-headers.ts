/** One header field as SES reports it: unfolded, not decoded. */
export interface RawHeader {
  readonly name: string;
  readonly value: string;
}

/** SES reports at most this many bytes of headers: https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html */
const maxHeaderBytes = 10_240;

/** The header section of a raw message, as an event holds it. */
export function readRawHeaders(raw: Buffer): { headers: RawHeader[]; truncated: boolean } {
  const section = raw.toString('utf8').split(/\r?\n\r?\n/, 1)[0] ?? '';
  const headers: RawHeader[] = [];
  let bytes = 0;
  for (const line of section.replace(/\r?\n([ \t])/g, '$1').split(/\r?\n/)) {
    const colon = line.indexOf(':');
    if (colon < 1) continue;
    bytes += Buffer.byteLength(line);
    if (bytes > maxHeaderBytes) return { headers, truncated: true };
    headers.push({ name: line.slice(0, colon).trim(), value: line.slice(colon + 1).trim() });
  }
  return { headers, truncated: false };
}
