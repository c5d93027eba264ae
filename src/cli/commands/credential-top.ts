import { callApi } from '../command/call-api.ts';
import { defineCommand } from '../command/command.ts';
import { credentialPath } from './credential.ts';
import { inParallel } from './in-parallel.ts';
import { filterFlags, listCredentials } from './list-all.ts';
import { counters, type Statistics, windows } from './statistics.ts';

const orders = {
  sends: ['sends'],
  bounces: ['hard_bounces', 'soft_bounces'],
  complaints: ['complaints'],
  violations: ['violations'],
} as const;

export const command = defineCommand({
  description: 'Reads the counters of every credential that matches, a few at a time.',
  arguments: {},
  flags: {
    by: { value: 'WHAT', choices: Object.keys(orders), summary: 'What is counted (sends)' },
    window: { value: 'WINDOW', choices: windows, summary: 'How far back (day)' },
    limit: { value: 'N', range: [1, 1_000], summary: 'So many lines (10)' },
    ...filterFlags,
  },
  examples: [
    ['sesame top', 'Who sent most in the last day'],
    ['sesame top --by bounces --window 7d', 'Whose mails bounce'],
  ],
  columns: ['name', ...counters, 'owner'],
  async run({ flags: { by = 'sends', window = 'day', limit = 10, ...filter } }, deps, io) {
    const { api } = await deps.target();
    const { credentials } = await listCredentials(api, filter);
    const counted = await inParallel(credentials, 8, async ({ username, owner }, done) => {
      io.progress(`Reading counters: ${done} of ${credentials.length}`);
      const { body } = await callApi<Statistics>(api, 'GET', credentialPath(username, 'statistics'));
      return { username, owner, counters: body.windows[window] ?? {} };
    });
    const weigh = (each: (typeof counted)[number]) =>
      orders[by as keyof typeof orders].reduce((sum, name) => sum + (each.counters[name] ?? 0), 0);
    const top = counted
      .filter((each) => weigh(each) > 0)
      .sort((a, b) => weigh(b) - weigh(a) || (a.username < b.username ? -1 : 1))
      .slice(0, limit);
    return {
      json: { by, window, credentials: top },
      rows: top.map(({ username, owner, counters: counts }) => ({
        name: username,
        ...counts,
        owner: typeof owner === 'string' ? owner : undefined,
      })),
      notes: top.length === 0 ? [`Nobody: no ${by} in this window (${window}).`] : [],
    };
  },
});
