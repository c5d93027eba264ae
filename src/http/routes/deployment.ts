import * as v from 'valibot';
import { readHealth } from '../../admin/read-health.ts';
import { startSweep } from '../../admin/start-sweep.ts';
import { answerDryRun } from '../dry-run.ts';
import { dryRun } from '../query-values.ts';
import { need } from '../require-deps.ts';
import { defineRoute, type Route } from '../route.ts';

export const deploymentRoutes: readonly Route[] = [
  defineRoute({
    id: 'deployment.read',
    method: 'GET',
    path: '/v1/deployment',
    summary: 'Describe the deployment',
    sets: ['viewer', 'operator'],
    answers: { 200: 'Deployment' },
    async handle(_input, deps) {
      return { status: 200, body: await need(deps, 'deployment')() };
    },
  }),
  defineRoute({
    id: 'health.read',
    method: 'GET',
    path: '/v1/health',
    summary: 'Check the deployment briefly',
    sets: ['viewer', 'operator'],
    answers: { 200: 'Health' },
    async handle(_input, deps) {
      return { status: 200, body: await readHealth(need(deps, 'admin')) };
    },
  }),
  defineRoute({
    id: 'sweeps.start',
    method: 'POST',
    path: '/v1/sweeps',
    summary: 'Compare every record with IAM now',
    description: 'The sweep runs in the background. Two at once are harmless.',
    sets: ['operator'],
    query: v.strictObject({ dry_run: dryRun }),
    body: { schema: v.strictObject({}), isRequired: false },
    isAudited: true,
    answers: { 200: 'DryRun', 202: 'StartedSweep' },
    async handle({ query }, deps) {
      const admin = need(deps, 'admin');
      if (query.dry_run === true) return await answerDryRun(admin, startSweep);
      const { correlationId } = await startSweep(admin);
      return { status: 202, body: { correlation_id: correlationId } };
    },
  }),
  defineRoute({
    id: 'openapi.read',
    method: 'GET',
    path: '/v1/openapi.json',
    summary: 'Read this document',
    sets: ['viewer', 'operator'],
    answers: { 200: 'OpenApi' },
    async handle() {
      const { default: document } = await import('../openapi.json', { with: { type: 'json' } });
      return { status: 200, body: document };
    },
  }),
];
