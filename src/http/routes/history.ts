import * as v from 'valibot';
import { readFindings } from '../../admin/read-findings.ts';
import { readHistory } from '../../admin/read-history.ts';
import { queryCursor, queryText, queryTime } from '../query-values.ts';
import { need } from '../require-deps.ts';
import { defineRoute, type Route } from '../route.ts';
import { toSnakeCase } from '../snake-case.ts';

/** What happened, and what the sweep found. */
export const historyRoutes: readonly Route[] = [
  defineRoute({
    id: 'credentials.history',
    method: 'GET',
    path: '/v1/credentials/{username}/history',
    summary: 'Tell what happened to a credential, and who asked for it',
    description:
      'Oldest first, also of a credential that was removed. A page may be empty although there is a cursor: the log is searched part by part.',
    sets: ['viewer', 'operator', 'secret-reader'],
    query: v.strictObject({
      since: v.optional(queryTime),
      until: v.optional(queryTime),
      cursor: v.optional(queryCursor),
    }),
    answers: { 200: 'History' },
    async handle({ params: { username = '' }, query: { since, until, cursor } }, deps) {
      const request = { username, sinceMs: since, untilMs: until, cursor };
      const { entries, nextCursor } = await readHistory(request, need(deps, 'admin'));
      return {
        status: 200,
        body: toSnakeCase({ username, entries: entries.map(toSnakeCase), nextCursor }),
      };
    },
  }),
  defineRoute({
    id: 'findings.list',
    method: 'GET',
    path: '/v1/findings',
    summary: 'List what the last sweep found',
    description: 'Each with what became of it, and what to do.',
    sets: ['viewer', 'operator'],
    query: v.strictObject({ username: v.optional(queryText) }),
    answers: { 200: 'Findings' },
    async handle({ query }, deps) {
      const { findings, ...about } = await readFindings(query, need(deps, 'admin'));
      return { status: 200, body: { ...toSnakeCase(about), findings: findings.map(toSnakeCase) } };
    },
  }),
];
