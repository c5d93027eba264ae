import { presentSuppressed } from '../present-message.ts';
import { need } from '../require-deps.ts';
import { defineRoute, type Route } from '../route.ts';

export const suppressionRoutes: readonly Route[] = [
  defineRoute({
    id: 'suppressions.read',
    method: 'GET',
    path: '/v1/suppressions/{address}',
    summary: 'Look an address up on the suppression list',
    description: "SES's list of the account in this Region: mail to its addresses is taken, and not sent.",
    sets: ['viewer', 'operator'],
    answers: { 200: 'Suppression' },
    async handle({ params: { address: text = '' } }, deps) {
      const { readSuppression } = await import('../../admin/suppressions.ts');
      const { address, entries } = await readSuppression({ address: text }, need(deps, 'admin'));
      return {
        status: 200,
        body: { address, is_suppressed: entries.length > 0, entries: entries.map(presentSuppressed) },
      };
    },
  }),
  defineRoute({
    id: 'suppressions.remove',
    method: 'DELETE',
    path: '/v1/suppressions/{address}',
    summary: 'Take an address off the suppression list',
    description: 'For the whole account in this Region. Safe to repeat.',
    sets: ['operator'],
    isAudited: true,
    answers: { 200: 'RemovedSuppression' },
    async handle({ params: { address: text = '' } }, deps) {
      const { removeSuppression } = await import('../../admin/suppressions.ts');
      const { address, isRemoved } = await removeSuppression({ address: text }, need(deps, 'admin'));
      return { status: 200, body: { address, is_removed: isRemoved } };
    },
  }),
];
