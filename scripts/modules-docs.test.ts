import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { architectureFile, readModules, renderPage } from './modules-docs.ts';

it('docs/architecture.md shows the modules as they are: `npm run docs:modules` draws them', () => {
  const page = readFileSync(architectureFile, 'utf8');
  expect(renderPage(page)).toBe(page);
});

it('every folder of src has its place in the graph', () => {
  expect(readModules().size).toBeGreaterThan(15);
});

it('a page without the marks is told', () => {
  expect(() => renderPage('# Architecture\n')).toThrow('are missing');
});
