import { usageError } from '../command/cli-error.ts';
import { defineCommand } from '../command/command.ts';
import { requireLocalStack } from './require-local-stack.ts';

export const command = defineCommand({
  description: 'The last lines of one log; --follow goes on until Ctrl-C.',
  arguments: { log: { summary: 'functions, mail or emulator (functions)', isOptional: true } },
  flags: {
    lines: { value: 'N', range: [0, 1_000_000], summary: 'So many lines (20)' },
    follow: { summary: 'Go on with new lines' },
  },
  examples: [
    ['sesame local logs', 'What the functions said'],
    ['sesame local logs mail --follow', 'Each mail that comes'],
  ],
  async run({ args: { log = 'functions' }, flags: { lines = 20, follow } }, deps, io) {
    const { logs } = await requireLocalStack(deps);
    const path = Object.hasOwn(logs, log) ? logs[log] : undefined;
    if (path === undefined) throw usageError(`There is no log "${log}". There are: ${Object.keys(logs).join(', ')}.`);
    const read = await deps.readFileFrom(path, 0);
    const all = (read?.text ?? '').split('\n').slice(0, -1);
    const last = lines === 0 ? [] : all.slice(-lines);
    const raw = last.map((line) => `${line}\n`).join('');
    if (!follow) return { json: { log, path, lines: last }, raw };
    io.write(raw);
    for (let end = read?.end ?? 0; ; ) {
      await deps.sleep(500);
      const more = await deps.readFileFrom(path, end);
      if (more === undefined) continue;
      io.write(more.text);
      end = more.end;
    }
  },
});
