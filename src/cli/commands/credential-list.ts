import { defineCommand } from '../command/command.ts';
import { keyCell, stateCell, valueCell } from './credential.ts';
import { filterFlags, listCredentials } from './list-all.ts';

export const command = defineCommand({
  description: 'Sorted by name. Filters are joined: a credential must match all of them.',
  arguments: {},
  flags: {
    ...filterFlags,
    limit: { value: 'N', range: [1, 1_000_000], summary: 'At most so many (1000)' },
    cursor: { value: 'CURSOR', summary: 'Go on where the last list ended: its next_cursor' },
    all: { summary: 'All of them, however many' },
  },
  examples: [
    ['sesame list', 'Names, states, senders and keys'],
    ['sesame list --status failed', 'What needs a person'],
    ['sesame list --domain example.com --output tsv', 'Who may send as example.com, for a spreadsheet'],
  ],
  columns: ['name', 'state', 'senders', 'owner', 'key', 'days', 'problem'],
  async run({ flags: { limit = 1_000, cursor, all, ...filter } }, deps, io) {
    const { api } = await deps.target();
    io.progress('Reading …');
    const page = await listCredentials(api, filter, { limit: all ? undefined : limit, cursor });
    const { credentials, next_cursor: next } = page;
    return {
      json: page,
      rows: credentials.map((credential) => ({
        name: credential.username,
        state: stateCell(credential.state),
        senders: valueCell(credential.allowed_from_addresses),
        owner: valueCell(credential.owner),
        key: keyCell(credential.access_key_id),
        days: credential.key?.age_days,
        problem: credential.problems[0]?.code,
      })),
      notes: [
        ...(credentials.length === 0 ? [noneText(filter)] : []),
        ...(next === undefined ? [] : [`There are more. Go on with: --cursor ${next}`]),
      ],
    };
  },
});

function noneText(filter: Readonly<Record<string, unknown>>): string {
  const isFiltered = Object.values(filter).some((value) => value !== undefined && String(value) !== '');
  return isFiltered ? 'No credential matches.' : 'There is none yet. Create one: sesame create NAME --from ADDRESS';
}
