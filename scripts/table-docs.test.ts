import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { itemTypes } from '../src/aws/dynamodb/table-design.ts';
import { renderTablePage, tableFile } from './table-docs.ts';

const page = readFileSync(tableFile, 'utf8');

it('docs/table.md shows the current items: update it with `npm run docs:table`', () => {
  expect(renderTablePage(page)).toBe(page);
});

it('docs/table.md has a row for every kind of item', () => {
  for (const { name, partitionKey } of itemTypes) expect(page).toContain(`| ${name} | \`${partitionKey}\``);
});

it('refuses a page without the marks', () => {
  expect(() => renderTablePage('# The table\n')).toThrow('are missing');
});
