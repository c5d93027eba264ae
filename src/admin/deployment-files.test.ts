import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createDeploymentFiles } from './deployment-files.ts';

let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'sesame-deployment-'));
});
afterAll(() => rm(home, { recursive: true }));

it('finds only a local stack that runs', async () => {
  const file = join(home, 'local.json');
  const files = createDeploymentFiles(home);
  expect(await files.findLocalStack()).toBeUndefined();
  for (const [text, found] of [
    [JSON.stringify({ pid: process.pid }), file],
    [JSON.stringify({ pid: 2 ** 22 + 1 }), undefined],
    ['{}', undefined],
    ['{"pid":', undefined],
  ] as const) {
    await writeFile(file, text);
    expect(await files.findLocalStack(), text).toBe(found);
  }
});

it('distinguishes a missing file from an unreadable one', async () => {
  const files = createDeploymentFiles(home);
  await writeFile(join(home, 'a.json'), '{}');
  expect(await files.readFile(join(home, 'a.json'))).toBe('{}');
  expect(await files.readFile(join(home, 'b.json'))).toBeUndefined();
  expect(await files.readFile(join(home, 'a.json', 'b'))).toBeUndefined();
  await expect(files.readFile(home)).rejects.toMatchObject({ code: 'UnreadableFile', kind: 'permanent' });
});
