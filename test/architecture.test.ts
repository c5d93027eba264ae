import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findArchitectureFaults, findLeftOutTests } from './support/architecture-rules.ts';
import { importsOf, parseSource, readSourceFiles } from './support/source-file.ts';

const root = join(import.meta.dirname, '..');
const faultsOf = (path: string, text: string) => findArchitectureFaults(parseSource(path, text));

describe('the house', () => {
  const sources = readSourceFiles(root, 'src');

  it('has files in each of its rooms, and all of them were read', () => {
    const rooms = readdirSync(join(root, 'src'));
    expect(rooms.length).toBeGreaterThan(0);
    for (const room of rooms) {
      expect(sources.filter((file) => file.path.startsWith(`src/${room}/`)).length, room).toBeGreaterThan(0);
    }
    expect(sources.flatMap(importsOf).length).toBeGreaterThan(sources.length / 2);
  });

  it('is built as it was drawn', () => {
    expect(sources.flatMap(findArchitectureFaults)).toEqual([]);
  });

  it('leaves no test out', () => {
    const tests = ['src', 'test', 'scripts', 'bench']
      .flatMap((folder) => readSourceFiles(root, folder))
      .filter((file) => file.path.endsWith('.test.ts'));
    expect(tests.length).toBeGreaterThan(5);
    // Terraform isn't a prerequisite. These say what they leave out without it, and with CI=true they fail instead.
    const needsTerraform = /^test\/(terraform[\w-]*|deploy-guide)\.test\.ts: \w+\.runIf /;
    expect(tests.flatMap(findLeftOutTests).filter((fault) => !needsTerraform.test(fault))).toEqual([]);
  });
});

describe('the checker sees', () => {
  it.each([
    ["import { a } from '../aws/kms.ts';", 'credential may not import aws'],
    ["import type { a } from '../observability/log.ts';", 'credential may not import observability'],
    ["export * from '../functions/x/handler.ts';", 'credential may not import functions'],
    ["const a = await import('../local/main.ts');", 'credential may not import local'],
    ["type A = import('../aws/kms.ts').A;", 'credential may not import aws'],
    ["const a = require('../aws/kms.ts');", 'credential may not import aws'],
    ["import { a } from '../../test/support/a.ts';", 'src imports nothing from outside src'],
    ["import { IAMClient } from '@aws-sdk/client-iam';", 'topics know no SDK'],
    ["import { runSimulation } from '@cloud-copilot/iam-simulate';", 'AGPL: only the local stack may use it'],
    ["import { readFile } from 'node:fs/promises';", 'topics do no I/O'],
    ['const now = Date.now();', 'calls Date.now'],
    ['const now = new Date();', 'makes new Date()'],
    ['const id = crypto.randomUUID();', 'calls crypto.randomUUID'],
    ['const chance = Math.random();', 'calls Math.random'],
    ['const table = process.env.TABLE;', 'reads process.env'],
    ["const table = process.env['TABLE'];", 'reads process.env'],
    ['const client = new IAMClient({});', 'only src/aws makes clients'],
  ])('in a topic: %s', (text, fault) => {
    expect(faultsOf('src/credential/a.ts', text).join()).toContain(fault);
  });

  it('imports that go up, and functions that import each other', () => {
    expect(faultsOf('src/aws/a.ts', "import '../functions/x/env.ts';").join()).toContain(
      'aws may not import functions',
    );
    expect(faultsOf('src/functions/x/a.ts', "import '../y/env.ts';").join()).toContain("doesn't reach into another");
    expect(faultsOf('src/functions/x/a.ts', "import '../../local/a.ts';").join()).toContain('may not import local');
    expect(faultsOf('src/functions/x/a.ts', 'new KMSClient({});').join()).toContain('only src/aws makes clients');
  });

  it('names that say nothing, and unknown rooms', () => {
    expect(faultsOf('src/aws/utils.ts', '').join()).toContain('named after the one thing');
    expect(faultsOf('src/aws/helpers/a.ts', '').join()).toContain('named after the one thing');
    expect(faultsOf('src/attic/a.ts', '').join()).toContain("isn't a room");
  });

  it('tests that are left out', () => {
    const left = ['it.skip', 'describe.only', 'test.todo', 'it.skipIf(x)', 'describe.concurrent.skip'];
    for (const call of left)
      expect(findLeftOutTests(parseSource('a.test.ts', `${call}('a', f);`)), call).toHaveLength(1);
    expect(findLeftOutTests(parseSource('a.test.ts', "it('a', () => list.skip(1));"))).toEqual([]);
  });

  it('nothing wrong where nothing is wrong', () => {
    const text =
      "import { a } from '../dead-letter/a.ts'; import { createHash } from 'node:crypto'; new Date(0); a.process;";
    expect(faultsOf('src/credential/a.ts', text)).toEqual([]);
    expect(faultsOf('src/aws/a.ts', "import '../credential/a.ts'; new KMSClient({}); Date.now();")).toEqual([]);
    expect(faultsOf('src/functions/x/a.ts', "import '../read-env.ts'; import './env.ts';")).toEqual([]);
    expect(faultsOf('src/local/a.ts', "import '@cloud-copilot/iam-simulate'; new KMSClient({});")).toEqual([]);
    expect(faultsOf('src/credential/a.test.ts', 'Date.now();')).toEqual([]);
  });
});
