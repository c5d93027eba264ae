import type { ApiClient } from '../command/api-client.ts';
import { callApi } from '../command/call-api.ts';
import { defineCommand } from '../command/command.ts';
import type { CommandIo } from '../command/command-io.ts';
import { showText } from '../output/show-text.ts';
import { credentialPath } from './credential.ts';
import { readSince } from './read-since.ts';

interface Entry {
  readonly at: string;
  readonly event: string;
  readonly correlation_id: string;
  readonly requested_by?: string;
  readonly requested_from?: string;
  readonly code?: string;
  readonly reason?: string;
  readonly access_key_id?: string;
}

interface HistoryPage {
  readonly entries: readonly Entry[];
  readonly next_cursor?: string;
}

export const command = defineCommand({
  description:
    'Oldest first, also of a credential that was removed. It is read from the log of events, which shows what happened some seconds later. The JSON has the whole ARN of who asked, and correlation ids.',
  arguments: { name: { summary: 'The credential', isCredential: true } },
  flags: {
    since: { value: 'TIME', summary: 'From when on: ISO 8601, or 6h, 2d ago (365d)' },
    until: { value: 'TIME', summary: 'Up to when' },
    follow: { summary: 'Go on with what happens, until Ctrl-C' },
  },
  examples: [
    ['sesame history billing', 'Every transition, and who asked for it'],
    ['sesame history billing --since 1h --follow', 'The last hour, and what comes'],
  ],
  columns: ['at', 'event', 'by', 'details'],
  async run({ args: { name }, flags: { since, until, follow: isFollowing } }, deps, io) {
    const { api } = await deps.target();
    const nowMs = deps.now();
    const query = {
      ...(since === undefined ? {} : { since: readSince(since, nowMs) }),
      ...(until === undefined ? {} : { until: readSince(until, nowMs) }),
    };
    const entries = await readEntries(api, name, query, io);
    if (isFollowing !== true) {
      return {
        json: { username: name, entries },
        rows: entries.map(rowOf),
        notes: entries.length === 0 ? ['Nothing in this time.'] : [],
      };
    }
    const shown = new Set<string>();
    let fresh = entries;
    for (;;) {
      for (const entry of fresh) {
        shown.add(keyOf(entry));
        io.write(lineOf(entry, io.output));
      }
      await deps.sleep(2_000);
      // The log is late: events may come in another order than they happened.
      const recent = { since: new Date(deps.now() - 120_000).toISOString() };
      fresh = (await readEntries(api, name, recent, io)).filter((entry) => !shown.has(keyOf(entry)));
    }
  },
});

async function readEntries(
  api: ApiClient,
  name: string,
  query: Readonly<Record<string, string>>,
  io: Pick<CommandIo, 'progress'>,
): Promise<Entry[]> {
  const entries: Entry[] = [];
  let cursor: string | undefined;
  do {
    const page = await callApi<HistoryPage>(api, 'GET', credentialPath(name, 'history'), {
      query: { ...query, ...(cursor === undefined ? {} : { cursor }) },
    });
    entries.push(...page.body.entries);
    cursor = page.body.next_cursor;
    io.progress(cursor === undefined ? '' : `Searching: ${entries.length} found so far.`);
  } while (cursor !== undefined);
  return entries;
}

function keyOf({ at, event, correlation_id: id, code }: Entry): string {
  return JSON.stringify([at, event, id, code]);
}

function rowOf(entry: Entry) {
  const { at, event } = entry;
  return { at, event, by: requesterOf(entry), details: detailsOf(entry) };
}

/** Who asked, without the beginning that all ARNs of an account share; and from where. The whole is in the JSON. */
function requesterOf({ requested_by: by = '', requested_from: from = 'unknown' }: Entry): string {
  const name = by.replace(/^arn:[^:]*:[^:]*:[^:]*:[^:]*:/, '');
  return [name, ...(from === 'unknown' ? [] : [from])].join(' from ');
}

function detailsOf({ code, reason, access_key_id: key }: Entry): string {
  return [code, reason, key].filter(Boolean).join(': ');
}

function lineOf(entry: Entry, output: string): string {
  if (output === 'json') return `${JSON.stringify(entry)}\n`;
  const cells = [entry.at, entry.event, requesterOf(entry), detailsOf(entry)].map(showText);
  return `${cells.join(output === 'tsv' ? '\t' : '  ')}\n`;
}
