import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { prepareStateFolder } from './prepare-state-folder.ts';

let parent = '';
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'sesame-state-'));
});
afterEach(() => rmSync(parent, { recursive: true, force: true }));

test('makes a folder for its owner only', () => {
  const folder = join(parent, 'a', 'b');
  prepareStateFolder(folder, false);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
});

test('keeps a state, and deletes it when asked', () => {
  const folder = join(parent, 'state');
  prepareStateFolder(folder, false);
  writeFileSync(join(folder, 'iam.json'), '{}');
  prepareStateFolder(folder, false);
  expect(readdirSync(folder)).toContain('iam.json');
  prepareStateFolder(folder, true);
  expect(readdirSync(folder)).not.toContain('iam.json');
});

test('says that a file is no folder', () => {
  const file = join(parent, 'file');
  writeFileSync(file, '');
  expect(() => prepareStateFolder(file, false)).toThrow(`${file} is a file. Name a folder.`);
});

test('never touches a folder with other things in it', () => {
  const folder = join(parent, 'documents');
  mkdirSync(folder);
  writeFileSync(join(folder, 'letter.txt'), 'Dear');
  for (const reset of [true, false]) expect(() => prepareStateFolder(folder, reset)).toThrow('something other');
  expect(readdirSync(folder)).toEqual(['letter.txt']);
});
