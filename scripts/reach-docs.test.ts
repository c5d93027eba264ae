import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { describeReach, renderSecurity, securityFile } from './reach-docs.ts';

it('no role reaches further than SECURITY.md says (npm run docs:reach)', async () => {
  const page = readFileSync(securityFile, 'utf8');
  expect(page).toBe(await renderSecurity(page));
});

it('some harm is out of reach of every role, and every role can do some', async () => {
  const [header = '', , ...rows] = (await describeReach()).split('\n');
  const cells = rows.map((row) =>
    row
      .split('|')
      .slice(2, -1)
      .map((cell) => cell.trim()),
  );
  for (const row of cells) expect(new Set([...row, 'yes', ''])).toEqual(new Set(['yes', '']));
  expect(cells.filter((row) => !row.includes('yes')).length).toBeGreaterThanOrEqual(3);
  for (const [index] of header.split('|').slice(2, -1).entries())
    expect(
      cells.some((row) => row[index] === 'yes'),
      header,
    ).toBe(true);
});
