import { CliError, usageError } from '../command/cli-error.ts';
import { defineCommand } from '../command/command.ts';
import type { CommandDeps } from '../command/command-deps.ts';
import type { CommandIo } from '../command/command-io.ts';
import { exitCodes } from '../command/exit-codes.ts';
import type { Result, Tone } from '../command/result.ts';
import { readMapping, toWanted } from './import-mapping.ts';
import { readImportTable } from './import-table.ts';
import { type PlannedLine, planImport } from './plan-import.ts';
import { defaultTimeout, waitFlags } from './wait-flags.ts';
import { waitForImport, writeImport } from './write-import.ts';

/** A line of the report. */
interface ReportedLine {
  readonly line: number;
  readonly username: string;
  readonly result: string;
  readonly message: string;
}

const tones: Readonly<Record<string, Tone>> = {
  created: 'good',
  exists: 'dim',
  differs: 'warning',
  repeated: 'bad',
  faulty: 'bad',
  failed: 'bad',
};

export const command = defineCommand({
  description:
    'Creates the credentials of a file: CSV with any usual separator, JSON, JSON lines, or what `sesame export` writes. The whole file is checked before anything is written. A credential that exists is never put over. Safe to stop, and to run again: what is there is left as it is.',
  arguments: { file: { summary: 'The file; - for stdin' } },
  flags: {
    map: { value: 'ATTRIBUTE=COLUMN', isRepeatable: true, summary: 'The column of an attribute, or of the username' },
    set: {
      value: 'ATTRIBUTE=TEXT',
      isRepeatable: true,
      summary: 'The same for every line; {Column} stands for what the line has there',
    },
    slug: { summary: 'Make usernames of any text: what they may not hold becomes a dash' },
    skipFaulty: { summary: 'Import the others although some lines are faulty' },
    ...waitFlags,
  },
  examples: [
    ['sesame import printers.csv --dry-run', 'What would become of each line'],
    [
      'sesame import printers.csv --map username=Serial --map allowed_from_addresses=Mail --set owner=it --wait',
      'With the columns of another system',
    ],
    [
      "sesame import devices.csv --set 'username=scanner-{Serial}' --map from=Sender --yes --output json",
      'In a script',
    ],
  ],
  columns: ['line', 'name', 'result', 'message'],
  hasDryRun: true,
  async run({ args: { file }, flags, global: { dryRun: isDry, yes } }, deps, io) {
    const table = readImportTable(await readFile(file, deps));
    const mapping = readMapping(table, { maps: flags.map, sets: flags.set, isSlugged: flags.slug === true });
    if (mapping.unused.length > 0) io.note(`Columns that are not imported: ${mapping.unused.join(', ')}.`);
    const { api, description } = await deps.target();
    const wanted = table.lines.map((line) => toWanted(line, mapping));
    const planned = await planImport(api, wanted, io.progress);
    const fresh = planned.filter(({ plan }) => plan === 'new');
    const bad = planned.filter(({ plan }) => plan === 'faulty' || plan === 'repeated');
    if (isDry === true)
      return report(
        planned.map((line) => reportPlan(line, 'would be created')),
        ['Nothing was written.'],
      );
    if (bad.length > 0 && flags.skipFaulty !== true)
      return report(
        planned.map((line) => reportPlan(line, 'not created')),
        ['Nothing was written. Correct the file, or leave the faulty lines out: --skip-faulty'],
      );
    if (fresh.length > 0 && yes !== true) await confirm(`Create ${fresh.length} credentials?`, description, io);
    const written = await writeImport(
      api,
      fresh.map((line) => line.wanted),
      deps,
      io.progress,
    );
    const created = new Set(written.filter(({ result }) => result === 'created').map((line) => line.wanted.username));
    const { wait, timeout = defaultTimeout + created.size } = flags;
    const faults =
      wait === true && created.size > 0
        ? await waitForImport(api, created, { ...deps, seconds: timeout }, io.progress)
        : new Map<string, string>();
    const results = new Map(written.map((line) => [line.wanted.line, line]));
    return report(
      planned.map((line): ReportedLine => {
        const { line: number, username } = line.wanted;
        const outcome = results.get(number);
        if (outcome === undefined) return reportPlan(line, 'created');
        const fault = faults.get(username);
        return {
          line: number,
          username,
          result: fault === undefined ? outcome.result : 'failed',
          message: fault ?? outcome.message,
        };
      }),
      [],
    );
  },
});

async function readFile(file: string, deps: Pick<CommandDeps, 'readFileBytes' | 'readStdin'>): Promise<Uint8Array> {
  if (file === '-') return new TextEncoder().encode(await deps.readStdin());
  const bytes = await deps.readFileBytes(file);
  if (bytes === undefined) throw usageError(`There is no file ${file}.`);
  return bytes;
}

async function confirm(question: string, description: string, io: CommandIo): Promise<void> {
  if (!io.isInteractive) throw usageError(`Missing: --yes. ${question}`);
  if (!(await io.confirm(`${question} It is in ${description}.`)))
    throw new CliError('notConfirmed', 'NotConfirmed', 'Nothing was done.');
}

/** @param ifNew what is said of a line that asks for a new credential */
function reportPlan({ wanted: { line, username }, plan, message }: PlannedLine, ifNew: string): ReportedLine {
  return { line, username, result: plan === 'new' ? ifNew : plan, message };
}

function report(lines: readonly ReportedLine[], notes: readonly string[]): Result {
  const counts = new Map<string, number>();
  for (const { result } of lines) counts.set(result, (counts.get(result) ?? 0) + 1);
  const summary = Object.fromEntries(counts);
  return {
    json: { summary, lines },
    // What is as it should be fills no screen.
    rows: lines
      .filter(({ result }) => lines.length <= 30 || !['created', 'exists', 'not created'].includes(result))
      .map(({ line, username, result, message }) => {
        const tone = tones[result];
        return { line, name: username, result: tone === undefined ? result : { text: result, tone }, message };
      }),
    notes: [
      [...counts]
        .map(([result, count]) => `${count} ${result}`)
        .join(', ')
        .concat('.'),
      ...notes,
    ],
    exit: exitOf(counts),
  };
}

function exitOf(counts: ReadonlyMap<string, number>): number {
  if (counts.has('failed') || counts.has('not tried')) return exitCodes.failure;
  if (counts.has('faulty') || counts.has('repeated')) return exitCodes.refused;
  return counts.has('differs') ? exitCodes.conflict : exitCodes.ok;
}
