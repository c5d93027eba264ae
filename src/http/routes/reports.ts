import * as v from 'valibot';
import { readPolicy } from '../../admin/read-policy.ts';
import { readStatistics } from '../../admin/read-statistics.ts';
import { readViolations } from '../../admin/read-violations.ts';
import { presentPolicy } from '../present-policy.ts';
import { need } from '../require-deps.ts';
import { defineRoute, type Route } from '../route.ts';
import { toSnakeCase } from '../snake-case.ts';

const text = v.string('is missing, or not a text');

export const reportRoutes: readonly Route[] = [
  defineRoute({
    id: 'credentials.check',
    method: 'POST',
    path: '/v1/credentials/{username}/check',
    summary: 'Say whether SES would accept a mail, and why',
    description: 'Sends nothing. What could not be read is said to be unknown.',
    sets: ['viewer', 'operator'],
    body: {
      schema: v.strictObject({
        from: text,
        envelope: v.optional(text),
        to: v.pipe(v.array(text, 'is missing, or not a list'), v.minLength(1, 'is empty')),
        sourceIp: v.optional(text),
      }),
      isRequired: true,
    },
    answers: { 200: 'SendingCheck' },
    async handle({ params: { username = '' }, body }, deps) {
      const { checkSending } = await import('../../admin/check-sending.ts');
      return { status: 200, body: await checkSending({ username, ...body }, need(deps, 'admin')) };
    },
  }),
  defineRoute({
    id: 'credentials.policy',
    method: 'GET',
    path: '/v1/credentials/{username}/policy',
    summary: "Compare a credential's policy with what IAM holds",
    description:
      'The policy that the record asks for, every policy of its IAM user, and the difference. What could not be read is null, and a finding says why. Policies of groups and of the organisation are not part of it.',
    sets: ['viewer', 'operator', 'secret-reader'],
    answers: { 200: 'Policy' },
    async handle({ params: { username = '' } }, deps) {
      return { status: 200, body: presentPolicy(await readPolicy({ username }, need(deps, 'admin'))) };
    },
  }),
  defineRoute({
    id: 'credentials.statistics',
    method: 'GET',
    path: '/v1/credentials/{username}/statistics',
    summary: 'Count what a credential sent',
    description: 'Rolling windows that advance hourly.',
    sets: ['viewer', 'operator', 'secret-reader'],
    answers: { 200: 'Statistics' },
    async handle({ params: { username = '' } }, deps) {
      const { key, rotation, ...statistics } = await readStatistics({ username }, need(deps, 'admin'));
      return {
        status: 200,
        body: {
          ...toSnakeCase(statistics),
          ...(key === undefined ? {} : { key: toSnakeCase(key) }),
          rotation: toSnakeCase(rotation),
        },
      };
    },
  }),
  defineRoute({
    id: 'credentials.violations',
    method: 'GET',
    path: '/v1/credentials/{username}/violations',
    summary: 'Count mails with a sender that the record does not allow',
    sets: ['viewer', 'operator', 'secret-reader'],
    answers: { 200: 'Violations' },
    async handle({ params: { username = '' } }, deps) {
      const { alerts, ...violations } = await readViolations({ username }, need(deps, 'admin'));
      return { status: 200, body: { ...toSnakeCase(violations), alerts: alerts.map(toSnakeCase) } };
    },
  }),
];
