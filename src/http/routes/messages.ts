import * as v from 'valibot';
import { dropMessage } from '../../admin/drop-message.ts';
import type { BoxName } from '../../admin/held-messages.ts';
import { listMessages } from '../../admin/list-messages.ts';
import { redriveMessage } from '../../admin/redrive-message.ts';
import { showMessage } from '../../admin/show-message.ts';
import { queryFlag, queryNumber } from '../query-values.ts';
import { need } from '../require-deps.ts';
import { defineRoute, type Route } from '../route.ts';
import { toSnakeCase } from '../snake-case.ts';

const boxes = { 'dead-letters': 'dead letter', 'parked-messages': 'parked message' } as const;

/** The routes of both queues whose messages wait for a person or a retry. */
export const messageRoutes: readonly Route[] = Object.entries(boxes).flatMap(([name, noun]) =>
  defineBoxRoutes(name as BoxName, noun),
);

function defineBoxRoutes(box: BoxName, noun: string): Route[] {
  return [
    defineRoute({
      id: `${box}.list`,
      method: 'GET',
      path: `/v1/${box}`,
      summary: `List ${noun}s`,
      description: 'The visible ones, oldest first. SQS counts each listing as a receive.',
      sets: ['viewer', 'operator'],
      query: v.strictObject({ limit: v.optional(queryNumber(1, 1_000)) }),
      answers: { 200: 'MessageList' },
      async handle({ query: { limit = 100 } }, deps) {
        const { messages, isCut } = await listMessages({ box, limit }, need(deps, 'admin'));
        return { status: 200, body: { messages: messages.map(toSnakeCase), is_cut: isCut } };
      },
    }),
    defineRoute({
      id: `${box}.read`,
      method: 'GET',
      path: `/v1/${box}/{id}`,
      summary: `Read a ${noun}`,
      sets: ['viewer', 'operator'],
      answers: { 200: 'Message' },
      async handle({ params: { id = '' } }, deps) {
        return { status: 200, body: toSnakeCase(await showMessage({ box, messageId: id }, need(deps, 'admin'))) };
      },
    }),
    defineRoute({
      id: `${box}.redrive`,
      method: 'POST',
      path: `/v1/${box}/{id}/redrive`,
      summary: `Send a ${noun} back to the queue of its function`,
      sets: ['operator'],
      body: { schema: v.strictObject({}), isRequired: false },
      isAudited: true,
      answers: { 200: 'Message' },
      async handle({ params: { id = '' } }, deps) {
        return { status: 200, body: toSnakeCase(await redriveMessage({ box, messageId: id }, need(deps, 'admin'))) };
      },
    }),
    defineRoute({
      id: `${box}.drop`,
      method: 'DELETE',
      path: `/v1/${box}/{id}`,
      summary: `Delete a ${noun} for good`,
      description: 'One that is not from Sesame only with `foreign=true`.',
      sets: ['operator'],
      query: v.strictObject({ foreign: v.optional(queryFlag) }),
      isAudited: true,
      answers: { 200: 'Message' },
      async handle({ params: { id = '' }, query: { foreign: isForeignToo = false } }, deps) {
        const dropped = await dropMessage({ box, messageId: id, isForeignToo }, need(deps, 'admin'));
        return { status: 200, body: toSnakeCase(dropped) };
      },
    }),
  ];
}
