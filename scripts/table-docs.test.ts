import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { itemTypes } from '../src/aws/dynamodb/table-design.ts';
import { renderTablePage, tableFile } from './table-docs.ts';

const page = readFileSync(tableFile, 'utf8');

it('docs/table.md shows the items as they are: `npm run docs:table` writes them', () => {
  expect(renderTablePage(page)).toBe(page);
});

it('docs/table.md has a row for every kind of item', () => {
  for (const { name, partitionKey } of itemTypes) expect(page).toContain(`| ${name} | \`${partitionKey}\``);
});

it('a page without the marks is told', () => {
  expect(() => renderTablePage('# The table\n')).toThrow('are missing');
});
