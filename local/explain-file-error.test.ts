import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { explainFileError } from './explain-file-error.ts';

const folder = mkdtempSync(join(tmpdir(), 'sesame-explain-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function caught(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

test('explains in plain words what the system refused', () => {
  expect(explainFileError(caught(() => readFileSync(folder)))).toMatch(
    /can't be used: it is a folder \(read, EISDIR\)/,
  );
  const missing = join(folder, 'missing');
  expect(explainFileError(caught(() => readFileSync(missing)))).toBe(
    `${missing} can't be used: there is no such file or folder (open, ENOENT).`,
  );
  const full = Object.assign(new Error('ENOSPC'), { code: 'ENOSPC', syscall: 'write' });
  expect(explainFileError(full)).toBe("A file can't be used: the disk is full (write, ENOSPC).");
});

test('leaves other errors alone', () => {
  expect(explainFileError(new Error('no'))).toBeUndefined();
  expect(explainFileError(Object.assign(new Error('x'), { code: 'ECONNREFUSED', syscall: 'connect' }))).toBeUndefined();
  expect(explainFileError('text')).toBeUndefined();
  expect(explainFileError(undefined)).toBeUndefined();
});
