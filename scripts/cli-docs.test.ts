import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { catalogue } from '../src/cli/catalogue.ts';
import { cliFile, renderCliPage } from './cli-docs.ts';

const page = readFileSync(cliFile, 'utf8');

it('docs/cli.md shows the current commands: update it with `npm run docs:cli`', async () => {
  expect(await renderCliPage(page)).toBe(page);
});

it('docs/cli.md has a section for every command', () => {
  expect(catalogue.length).toBeGreaterThan(30);
  for (const { path } of catalogue) expect(page).toContain(`\n### sesame ${path.join(' ')}\n`);
});

it('refuses a page without the marks', async () => {
  await expect(renderCliPage('# The command line\n')).rejects.toThrow('are missing');
});
