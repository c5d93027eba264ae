import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { makeFolder } from './make-folder.ts';

const parent = mkdtempSync(join(tmpdir(), 'sesame-folder-'));
afterAll(() => rmSync(parent, { recursive: true, force: true }));

test('makes a folder and its missing parents, for their owner only, and leaves an existing one alone', () => {
  const folder = join(parent, 'a', 'b', 'c');
  makeFolder(folder);
  makeFolder(folder);
  for (const path of [folder, join(parent, 'a')]) expect(statSync(path).mode & 0o777).toBe(0o700);
});

test('follows a link to a folder', () => {
  mkdirSync(join(parent, 'real'));
  symlinkSync(join(parent, 'real'), join(parent, 'link'));
  makeFolder(join(parent, 'link', 'inside'));
  expect(existsSync(join(parent, 'real', 'inside'))).toBe(true);
});

test('names the obstacle, and does not hang', () => {
  const file = join(parent, 'file');
  writeFileSync(file, '');
  expect(() => makeFolder(file)).toThrow(`${file} is a file. Name a folder.`);
  expect(() => makeFolder(join(file, 'x', 'y'))).toThrow(
    `${file} is not a folder, so ${join(file, 'x', 'y')} can't be`,
  );
  symlinkSync(join(parent, 'nothing'), join(parent, 'dangling'));
  expect(() => makeFolder(join(parent, 'dangling', 'x'))).toThrow("dangling is a link to something that isn't there");
  symlinkSync(join(parent, 'circle'), join(parent, 'circle'));
  expect(() => makeFolder(join(parent, 'circle'))).toThrow('ELOOP');
});

test('names a file system that accepts no folders', () => {
  expect(() => makeFolder('/proc/sesame/state')).toThrow("/proc/sesame can't be made: its file system takes no new");
  expect(() => makeFolder('/dev/null/state')).toThrow('/dev/null is not a folder');
});
