import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readArguments } from '../local/command/read-arguments.ts';
import { runCommand } from '../local/command/run-command.ts';
import { itemTypes } from '../src/aws/dynamodb/table-design.ts';
import { replacePart } from './generated-part.ts';

export const tableFile = join(import.meta.dirname, '..', 'docs', 'table.md');
const marks = {
  begin: '<!-- items: written by scripts/table-docs.ts -->',
  end: '<!-- end of items -->',
};

/** Returns the page with the current items. Throws if the marks around them are missing. */
export function renderTablePage(page: string): string {
  return replacePart('docs/table.md', page, marks, renderItems());
}

function renderItems(): string {
  const keys = itemTypes.map(({ name, partitionKey, sortKey, holds, attributes }) =>
    row(
      name,
      code(partitionKey),
      code(sortKey),
      holds,
      attributes?.map(code).join(', ') ?? 'see [the record](record.md)',
    ),
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
