import { bounces } from './bounces.ts';
import { clientSummaries } from './client-summaries.ts';
import { connections } from './connections.ts';
import { documentedReplies } from './documented-replies.ts';
import { generalReplies } from './general-replies.ts';
import { refusedMessages } from './refused-messages.ts';
import { refusedSenders } from './refused-senders.ts';
import type { SmtpRule } from './smtp-rule.ts';

/** All rules, in sections as the documentation shows them. */
export const ruleSections: Readonly<Record<string, readonly SmtpRule[]>> = {
  'Replies that AWS documents': documentedReplies,
  'The account, its settings and rights': refusedSenders,
  'The message': refusedMessages,
  'Other replies': generalReplies,
  'Bounces: what the servers of the recipients reply': bounces,
  'TLS and network': connections,
  'What mail clients show': clientSummaries,
};

const specific = [...refusedSenders, ...refusedMessages];

/** Who wrote a reply: SES, the server of a recipient, or it can't be told. */
export type ReplyWriter = 'ses' | 'recipient' | 'unknown';

/** The rules for a reply in the order in which they are tried. */
export const replyRules: Readonly<Record<ReplyWriter, readonly SmtpRule[]>> = {
  ses: [...specific, ...documentedReplies, ...generalReplies, ...bounces],
  recipient: [...bounces, ...specific, ...documentedReplies, ...generalReplies],
  unknown: [
    ...specific,
    ...documentedReplies.filter(({ words }) => words !== undefined),
    ...bounces,
    ...documentedReplies,
    ...generalReplies,
  ],
};

/** The rules for text that holds no reply, in the order in which they are tried. */
export const messageRules: readonly SmtpRule[] = [...bounces, ...specific, ...connections, ...clientSummaries].filter(
  ({ replyCodes, words, isDistinct }) => words !== undefined && (replyCodes === undefined || isDistinct === true),
);
