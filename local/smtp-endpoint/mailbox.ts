import type { MessageTag } from './message-tags.ts';

/** A mail that the endpoint has accepted. */
export interface AcceptedMail {
  /** The message id of the 250 reply, without its region's domain. */
  readonly id: string;
  readonly acceptedAt: Date;
  readonly userName: string;
  readonly userArn: string;
  readonly accessKeyId: string;
  readonly envelope: { readonly from: string; readonly to: readonly string[] };
  /** Addresses of the From header. */
  readonly from: readonly string[];
  /** Addresses of the To header. */
  readonly to: readonly string[];
  readonly subject: string;
  /** The Message-ID header, empty when there is none. */
  readonly messageIdHeader: string;
  readonly configurationSet?: string | undefined;
  /** The client's own, of X-SES-MESSAGE-TAGS. */
  readonly tags?: readonly MessageTag[] | undefined;
  readonly sourceIp: string;
  /** How TLS began on the connection. */
  readonly tls: 'starttls' | 'implicit';
  /** Size of the whole message in bytes. */
  readonly size: number;
  /** As the client sent it. */
  readonly raw: Buffer;
  /** As recipients get it, when it differs: with SES's Message-ID and Date. The mailbox shows it in place of `raw`. */
  readonly delivered?: Buffer;
  /** Bounces for every recipient, as for addresses on SES's suppression list. */
  readonly isSuppressed?: true;
}

/** A mail as the mailbox keeps it: `raw` may be truncated. */
export interface StoredMail extends AcceptedMail {
  readonly rawTruncated: boolean;
}

/** A mail without its raw bytes. */
export type MailSummary = Omit<StoredMail, 'raw' | 'rawTruncated'>;

/** The mails of one run, in memory. */
export interface Mailbox {
  add(mail: AcceptedMail): void;
  /** Oldest first. */
  list(): MailSummary[];
  get(id: string): StoredMail | undefined;
  clear(): void;
}

export interface MailboxLimits {
  /** Maximum number of mails; the oldest are dropped first. */
  readonly maxMails?: number;
  /** Maximum size of one mail. */
  readonly maxRawBytes?: number;
  /** Maximum size of all mails together; the oldest are dropped first. */
  readonly maxTotalBytes?: number;
}

/** Makes an empty mailbox. */
export function createMailbox({
  maxMails = 1000,
  maxRawBytes = 1_048_576,
  maxTotalBytes = 67_108_864,
}: MailboxLimits = {}): Mailbox {
  const mails = new Map<string, StoredMail>();
  let totalBytes = 0;

  const drop = (id: string, bytes: number) => {
    mails.delete(id);
    totalBytes -= bytes;
  };

  return {
    add(mail) {
      // A copy, so that the memory of a long message can be freed.
      const { delivered = mail.raw, ...kept } = mail;
      const raw = Buffer.from(delivered.subarray(0, maxRawBytes));
      mails.set(mail.id, { ...kept, raw, rawTruncated: raw.length < delivered.length });
      totalBytes += raw.length;
      for (const [id, oldest] of mails) {
        if (mails.size <= maxMails && totalBytes <= maxTotalBytes) {
          break;
        }
        drop(id, oldest.raw.length);
      }
    },
    list: () => [...mails.values()].map(({ raw: _raw, rawTruncated: _rawTruncated, ...summary }) => summary),
    get: (id) => mails.get(id),
    clear() {
      mails.clear();
      totalBytes = 0;
    },
  };
}
