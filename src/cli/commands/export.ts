import { defineCommand } from '../command/command.ts';
import { csvLine } from '../output/csv-line.ts';
import type { Credential } from './credential.ts';
import { filterFlags, listCredentials } from './list-all.ts';

/** Columns that stand first. The others follow, sorted. */
const first = ['username', 'state', 'owner', 'allowed_from_addresses', 'access_key_id'];
/** Words that the API derives for people, and what only programs need. */
const leftOut = new Set(['problems', 'warnings', 'etag']);

export const command = defineCommand({
  description: 'Everything that records hold, but no secret. Not a backup: passwords can be had from the table only.',
  arguments: {},
  flags: {
    format: { value: 'FORMAT', choices: ['json', 'csv'], summary: 'The form of the file (json)' },
    ...filterFlags,
  },
  examples: [
    ['sesame export > credentials.json', 'All of them'],
    ['sesame export --format csv --owner shop-team > shop.csv', 'For a spreadsheet'],
  ],
  async run({ flags: { format = 'json', ...filter } }, deps, io) {
    const { api } = await deps.target();
    io.progress('Reading …');
    const { credentials } = await listCredentials(api, filter);
    const json = { credentials };
    if (format === 'csv') return { json, raw: toCsv(credentials) };
    return { json, raw: `${JSON.stringify(json, null, 2)}\n` };
  },
});

function toCsv(credentials: readonly Credential[]): string {
  const names = new Set(credentials.flatMap((each) => Object.keys(each)));
  const others = [...names].filter((name) => !first.includes(name) && !leftOut.has(name)).sort();
  const columns = [...first, ...others];
  return [columns, ...credentials.map((each) => columns.map((name) => textOf(each[name])))].map(csvLine).join('');
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (Array.isArray(value) && value.every((each) => typeof each === 'string')) return value.join(' ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
