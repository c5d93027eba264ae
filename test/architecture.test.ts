import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findCircles, joinToFolders, readFileGraph } from '../scripts/modules/import-graph.ts';
import { findArchitectureFaults, findSkippedTests } from './support/architecture-rules.ts';
import { importsOf, parseSource, readSourceFiles } from './support/source-file.ts';

const root = join(import.meta.dirname, '..');
const faultsOf = (path: string, text: string) => findArchitectureFaults(parseSource(path, text));

describe('the modules of src', () => {
  const sources = readSourceFiles(root, 'src');

  it('all have files, and all files were read', () => {
    const modules = readdirSync(join(root, 'src'));
    expect(modules.length).toBeGreaterThan(0);
    for (const module of modules) {
      expect(sources.filter((file) => file.path.startsWith(`src/${module}/`)).length, module).toBeGreaterThan(0);
    }
    expect(sources.flatMap(importsOf).length).toBeGreaterThan(sources.length / 2);
  });

  it('import in one direction, and only what they may', () => {
    expect(sources.flatMap(findArchitectureFaults)).toEqual([]);
  });

  it('have no import circle, neither of files nor of folders', () => {
    const graph = readFileGraph(sources);
    expect(graph.size).toBeGreaterThan(150);
    expect(findCircles(graph)).toEqual([]);
    expect(findCircles(joinToFolders(graph, dirname))).toEqual([]);
  });

  it('skip no test', () => {
    const tests = ['src', 'local', 'test', 'scripts', 'bench']
      .flatMap((folder) => readSourceFiles(root, folder))
      .filter((file) => file.path.endsWith('.test.ts'));
    expect(tests.length).toBeGreaterThan(100);
    // Terraform and the fuzzer aren't prerequisites. Without them these tests say what they skip; with CI=true they fail instead.
    const needsMore = /^test\/(terraform[\w-]*|deploy-guide|integration\/schemathesis)\.test\.ts: \w+\.runIf /;
    expect(tests.flatMap(findSkippedTests).filter((fault) => !needsMore.test(fault))).toEqual([]);
  });
});

describe('the checker finds', () => {
  it.each([
    ["import { a } from '../aws/kms.ts';", 'credential may not import aws'],
    ["import type { a } from '../observability/log.ts';", 'credential may not import observability'],
    ["export * from '../functions/x/handler.ts';", 'credential may not import functions'],
    ["const a = await import('../../local/main.ts');", 'src imports nothing from outside src'],
    ["type A = import('../aws/kms.ts').A;", 'credential may not import aws'],
    ["const a = require('../aws/kms.ts');", 'credential may not import aws'],
    ["import { a } from '../../test/support/a.ts';", 'src imports nothing from outside src'],
    ["import { IAMClient } from '@aws-sdk/client-iam';", 'topics may not import an SDK'],
    ["import { runSimulation } from '@cloud-copilot/iam-simulate';", 'AGPL: only the local stack may use it'],
    ["import { readFile } from 'node:fs/promises';", 'topics may not do I/O'],
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

  it('upward imports, and functions that import each other', () => {
    expect(faultsOf('src/aws/a.ts', "import '../functions/x/env.ts';").join()).toContain(
      'aws may not import functions',
    );
    expect(faultsOf('src/functions/x/a.ts', "import '../y/env.ts';").join()).toContain(
      'may not import from another function',
    );
    expect(faultsOf('src/functions/x/a.ts', "import '../../../local/a.ts';").join()).toContain('outside src');
    expect(faultsOf('src/values/a.ts', "import '../credential/a.ts';").join()).toContain(
      'values may not import credential',
    );
    expect(faultsOf('src/admin/a.ts', "import '../functions/x/a.ts';").join()).toContain(
      'admin may not import functions',
    );
    expect(faultsOf('src/functions/x/a.ts', 'new KMSClient({});').join()).toContain('only src/aws makes clients');
  });

  it('meaningless names, and unknown modules', () => {
    expect(faultsOf('src/aws/utils.ts', '').join()).toContain('name a file after the one thing');
    expect(faultsOf('src/aws/helpers/a.ts', '').join()).toContain('name a file after the one thing');
    expect(faultsOf('src/attic/a.ts', '').join()).toContain("isn't a module");
  });

  it('skipped tests', () => {
    const left = ['it.skip', 'describe.only', 'test.todo', 'it.skipIf(x)', 'describe.concurrent.skip'];
    for (const call of left)
      expect(findSkippedTests(parseSource('a.test.ts', `${call}('a', f);`)), call).toHaveLength(1);
    expect(findSkippedTests(parseSource('a.test.ts', "it('a', () => list.skip(1));"))).toEqual([]);
  });

  it('nothing in correct files', () => {
    const text =
      "import { a } from '../dead-letter/a.ts'; import { createHash } from 'node:crypto'; new Date(0); a.process;";
    expect(faultsOf('src/credential/a.ts', text)).toEqual([]);
    expect(faultsOf('src/aws/a.ts', "import '../credential/a.ts'; new KMSClient({}); Date.now();")).toEqual([]);
    expect(faultsOf('src/functions/x/a.ts', "import '../runtime/read-env.ts'; import './env.ts';")).toEqual([]);
    expect(faultsOf('src/credential/a.test.ts', 'Date.now();')).toEqual([]);
  });
});
