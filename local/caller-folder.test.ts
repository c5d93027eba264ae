import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { callerFolder } from './caller-folder.ts';

const parent = mkdtempSync(join(tmpdir(), 'sesame-caller-'));
afterAll(() => rmSync(parent, { recursive: true, force: true }));
const project = join(parent, 'project');
const elsewhere = join(parent, 'elsewhere');
const link = join(parent, 'link');
mkdirSync(project);
mkdirSync(elsewhere);
symlinkSync(project, link);

test('under npm, the folder that npm was called from', () => {
  const environment = { INIT_CWD: elsewhere, npm_package_json: join(project, 'package.json') };
  expect(callerFolder(environment, project, project)).toBe(elsewhere);
  const byLink = { INIT_CWD: elsewhere, npm_package_json: join(link, 'package.json') };
  expect(callerFolder(byLink, project, project)).toBe(elsewhere);
});

test('without npm, the current folder', () => {
  expect(callerFolder({}, elsewhere, project)).toBe(elsewhere);
});

test('in a script of another project that calls ours, the current folder', () => {
  const environment = { INIT_CWD: parent, npm_package_json: join(elsewhere, 'package.json') };
  expect(callerFolder(environment, elsewhere, project)).toBe(elsewhere);
  expect(callerFolder(environment, project, project)).toBe(project);
});

test('in a script of ours that has changed folder, the current folder', () => {
  const environment = { INIT_CWD: parent, npm_package_json: join(project, 'package.json') };
  expect(callerFolder(environment, elsewhere, project)).toBe(elsewhere);
});
