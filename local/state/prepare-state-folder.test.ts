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
  prepareStateFolder(folder);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
});

test('keeps a state', () => {
  const folder = join(parent, 'state');
  prepareStateFolder(folder);
  writeFileSync(join(folder, 'iam.json'), '{}');
  prepareStateFolder(folder);
  expect(readdirSync(folder)).toContain('iam.json');
});

test('refuses a file', () => {
  const file = join(parent, 'file');
  writeFileSync(file, '');
  expect(() => prepareStateFolder(file)).toThrow(`${file} is a file. Name a folder.`);
});

test('never touches a folder that holds other things', () => {
  const folder = join(parent, 'documents');
  mkdirSync(folder);
  writeFileSync(join(folder, 'letter.txt'), 'Dear');
  expect(() => prepareStateFolder(folder)).toThrow('something other');
  expect(readdirSync(folder)).toEqual(['letter.txt']);
});

test.each(['saved.json', 'dynamodb.json'])(
  'names the missing file of a folder that has %s, and how to put it back',
  (name) => {
    const folder = join(parent, 'state');
    mkdirSync(folder);
    writeFileSync(join(folder, name), '{}');
    expect(() => prepareStateFolder(folder)).toThrow(
      `looks like a state of Sesame, but its file sesame-state is missing. If it is one, put the file back (its content doesn't matter): touch '${folder}/sesame-state'.`,
    );
    expect(readdirSync(folder)).toEqual([name]);
    writeFileSync(join(folder, 'sesame-state'), '');
    prepareStateFolder(folder);
  },
);
