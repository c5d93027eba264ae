import type { SeenCredentials } from './hide-credentials.ts';

/** What a transcript or log shows beside the replies. */
export interface MailFacts {
  readonly senders: ReadonlySet<string>;
  readonly recipients: ReadonlySet<string>;
  /** The Region of the SES endpoint that is named. */
  readonly endpointRegion: string | undefined;
  readonly namesPort25: boolean;
  readonly seen: SeenCredentials;
}

const most = 200;
const senderForms =
  /(?:MAIL FROM: ?<?|\bfrom=<|^From:[^\n<]{0,200}<|^From: {0,3}(?=\S)|\bsender:? ?['"<]|\bfrom: ?['"])([^\s<>'",;]{1,255}@[^\s<>'",;)]{1,255})/gim;
const recipientForms =
  /(?:RCPT TO: ?<?|\bto=<|^(?:To|Cc):[^\n<]{0,200}<|^To: {0,3}(?=\S)|(?:Final|Original)-Recipient: ?rfc822; ?|\brecipient:? ?['"<]|\bto: ?\[? ?['"])([^\s<>'",;]{1,255}@[^\s<>'",;)]{1,255})/gim;

/** Collects the addresses, the endpoint and the port that a text names. */
export function readMailFacts(text: string, seen: SeenCredentials): MailFacts {
  return {
    senders: collect(text, senderForms),
    recipients: collect(text, recipientForms),
    endpointRegion: /\bemail-smtp(?:-fips)?\.([a-z0-9-]{5,30})\.(?:amazonaws\.com|api\.aws)/i
      .exec(text)?.[1]
      ?.toLowerCase(),
    namesPort25: /(?:\]|com|\bport\b"?)[: =,]{1,3}25\b/i.test(text),
    seen,
  };
}

function collect(text: string, forms: RegExp): ReadonlySet<string> {
  const found = new Set<string>();
  for (const [, address = ''] of text.matchAll(forms)) {
    found.add(address);
    if (found.size === most) break;
  }
  return found;
}
