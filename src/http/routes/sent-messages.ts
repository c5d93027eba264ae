import * as v from 'valibot';
import { presentMessage } from '../present-message.ts';
import { queryCursor, queryNumber, queryText, queryTime } from '../query-values.ts';
import { need } from '../require-deps.ts';
import { defineRoute, type Route } from '../route.ts';

export const sentMessageRoutes: readonly Route[] = [
  defineRoute({
    id: 'messages.find',
    method: 'GET',
    path: '/v1/messages',
    summary: 'Say where mails are',
    description:
      "Mails that were sent, and what SES's events tell of them. `message_id` is SES's id in any form, or the client's own. A page may be empty although more follow; a mail whose events are spread over pages is in each of them.",
    sets: ['viewer', 'operator'],
    query: v.strictObject({
      message_id: v.optional(queryText),
      recipient: v.optional(queryText),
      credential: v.optional(queryText),
      since: v.optional(queryTime),
      until: v.optional(queryTime),
      limit: v.optional(queryNumber(1, 1_000)),
      cursor: v.optional(queryCursor),
    }),
    answers: { 200: 'SentMessages' },
    async handle({ query }, deps) {
      const { findMessages } = await import('../../admin/find-messages.ts');
      const { message_id: messageId, recipient, credential, since, until, limit, cursor } = query;
      const { messages, lookedAt, nextCursor } = await findMessages(
        { messageId, recipient, username: credential, sinceMs: since, untilMs: until, limit, cursor },
        need(deps, 'admin'),
      );
      return {
        status: 200,
        body: {
          messages: messages.map(presentMessage),
          looked_at: lookedAt,
          ...(nextCursor === undefined ? {} : { next_cursor: nextCursor }),
        },
      };
    },
  }),
];
