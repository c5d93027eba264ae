import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readArguments } from '../local/command/read-arguments.ts';
import { runCommand } from '../local/command/run-command.ts';
import { itemTypes } from '../src/aws/dynamodb/table-design.ts';

export const tableFile = join(import.meta.dirname, '..', 'docs', 'table.md');
const begin = '<!-- items: written by scripts/table-docs.ts -->';
const end = '<!-- end of items -->';

/** Returns the page with the current items. Throws if the marks around them are missing. */
export function renderTablePage(page: string): string {
  const [before, rest] = page.split(begin);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined)
    throw new Error(`docs/table.md: the lines "${begin}" and "${end}" are missing.`);
  return `${before}${begin}\n\n${renderItems()}\n\n${end}${after}`;
}

function renderItems(): string {
  const keys = itemTypes.map(({ name, partitionKey, sortKey, holds, attributes }) =>
    row(name, code(partitionKey), code(sortKey), holds, attributes?.map(code).join(', ') ?? 'see the README'),
  );
  const uses = itemTypes.map(({ name, writtenBy, readBy, deleted }) => row(name, writtenBy, readBy, deleted));
  return [
    row('item', 'PK', 'SK', 'holds', 'attributes'),
    '|---|---|---|---|---|',
    ...keys,
    '',
    row('item', 'written by', 'read by', 'deleted'),
    '|---|---|---|---|',
    ...uses,
  ].join('\n');
}

function row(...cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function code(text: string): string {
  return `\`${text}\``;
}

const usage = `Usage: npm run docs:table

Writes the items of the table into docs/table.md.

  -h, --help      show this`;

if (import.meta.main) {
  process.exitCode = await runCommand(
    usage,
    () => readArguments(process.argv.slice(2), {}).values,
    () => {
      writeFileSync(tableFile, renderTablePage(readFileSync(tableFile, 'utf8')));
      return Promise.resolve(0);
    },
  );
}
