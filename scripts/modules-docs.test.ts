import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { architectureFile, readModules, renderPage } from './modules-docs.ts';

it('docs/architecture.md shows the current modules: update it with `npm run docs:modules`', () => {
  const page = readFileSync(architectureFile, 'utf8');
  expect(renderPage(page)).toBe(page);
});

it('every folder of src is in the graph', () => {
  expect(readModules().size).toBeGreaterThan(15);
});

it('refuses a page without the marks', () => {
  expect(() => renderPage('# Architecture\n')).toThrow('are missing');
});
