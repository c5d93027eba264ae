import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { unzipSync } from 'fflate';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bundleFunction } from '../scripts/build/bundle-function.ts';
import { isOverBudget, sizeTable } from '../scripts/build/size-table.ts';
import { buildFunctions } from '../scripts/build.ts';

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'build-'));
});

afterEach(async () => {
  await rm(root, { recursive: true });
});

/** Writes a small project: its files, and packages as `name: [license, is a development dependency]`. */
async function writeProject(files: Record<string, string>, packages: Record<string, [string, boolean]> = {}) {
  const locked = Object.entries(packages).map(([name, [license, dev]]) => [`node_modules/${name}`, { license, dev }]);
  const listed = Object.keys(packages).filter((name) => !packages[name]?.[1] && name !== 'deep');
  const all = {
    'package.json': JSON.stringify({ dependencies: Object.fromEntries(listed.map((name) => [name, '1.0.0'])) }),
    'package-lock.json': JSON.stringify({ packages: { '': {}, ...Object.fromEntries(locked) } }),
    ...files,
  };
  for (const [file, content] of Object.entries(all)) {
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), content);
  }
}

const greeter = {
  'src/functions/greeter/index.ts':
    "import { greet } from 'polite';\nexport const handler = async () => greet((await import('../../later.ts')).name);\n",
  'src/later.ts': "export const name = 'world';\n",
  'node_modules/polite/index.js': 'exports.greet = (name) => require("node:path").join("hello", name);\n',
};

describe('a build', () => {
  it('makes a zip that runs on its own, with dynamic imports as chunks', async () => {
    await writeProject(greeter, { polite: ['MIT', false] });
    const [build] = await buildFunctions({ root });
    const files = unzipSync(await readFile(build?.zipFile ?? ''));
    expect(Object.keys(files).filter((name) => name !== 'index.mjs')).toEqual([
      expect.stringMatching(/^chunk-\w+\.mjs$/),
      expect.stringMatching(/^chunk-\w+\.mjs$/),
    ]);
    const unzipped = await mkdtemp(join(root, 'unzipped-'));
    for (const [name, bytes] of Object.entries(files)) await writeFile(join(unzipped, name), bytes);
    const { handler } = (await import(join(unzipped, 'index.mjs'))) as { handler: () => Promise<string> };
    expect(await handler()).toBe('hello/world');
  });

  it('puts a package that our CommonJS requires beside the bundle, to be loaded on demand', async () => {
    await writeProject(
      {
        'src/functions/lazy/index.ts':
          "import { load } from '../../lazy.cjs';\nexport const handler = () => load();\nexport const before = globalThis.bigIsLoaded;\n",
        'src/lazy.cjs': "exports.load = () => require('big').text;\n",
        'node_modules/big/index.js': "globalThis.bigIsLoaded = true; exports.text = 'the big one';\n",
      },
      { big: ['MIT', false] },
    );
    const [build] = await buildFunctions({ root });
    const files = unzipSync(await readFile(build?.zipFile ?? ''));
    const unzipped = await mkdtemp(join(root, 'unzipped-'));
    for (const [name, bytes] of Object.entries(files)) await writeFile(join(unzipped, name), bytes);
    expect(Buffer.from(files['index.mjs'] ?? []).toString()).not.toContain('the big one');
    const bundle = (await import(join(unzipped, 'index.mjs'))) as { handler: () => string; before: unknown };
    expect(bundle.before).toBeUndefined();
    expect(bundle.handler()).toBe('the big one');
  });

  it('leaves a module out that nothing asks for, but none that is loaded at the start', async () => {
    const text = "export const handler = async () => (await import('polite')).greet('world');\n";
    await writeProject({ ...greeter, 'on-demand.ts': text, 'at-once.ts': "export { greet } from 'polite';\n" });
    const leftOut = ['polite'];
    const { code } = await bundleFunction(root, 'on-demand.ts', { leftOut });
    expect(code.map(({ name }) => name)).toEqual(['index.mjs']);
    await expect(bundleFunction(root, 'at-once.ts', { leftOut })).rejects.toThrow("polite can't be left out");
  });

  it('loads together what is imported on demand, if a function wants that', async () => {
    await writeProject({
      'entry.ts': "export { run } from './src/run.ts';\n",
      'src/run.ts':
        "import { shared } from './shared.ts';\nexport const run = async () => [shared, (await import('./one.ts')).one, (await import('./two.ts')).two];\n",
      'src/one.ts': "import { shared } from './shared.ts';\nexport const one = 'one ' + shared;\n",
      'src/two.ts': "import { shared } from './shared.ts';\nexport const two = 'two ' + shared;\n",
      'src/shared.ts': "export const shared = 'shared';\n",
    });
    const apart = await bundleFunction(root, 'entry.ts');
    const { code } = await bundleFunction(root, 'entry.ts', { isLoadedTogether: true });
    expect(code.length).toBeLessThan(apart.code.length);
    for (const { name, bytes } of code) await writeFile(join(root, name), bytes);
    const { run } = (await import(join(root, 'index.mjs'))) as { run: () => Promise<string[]> };
    expect(await run()).toEqual(['shared', 'one shared', 'two shared']);
  });

  it('loads nothing together that would hide a name', async () => {
    await writeProject({
      'entry.ts': "export { run } from './src/run.ts';\n",
      'src/run.ts': "export const run = async () => [await import('./one.ts'), await import('./two.ts')];\n",
      'src/one.ts': 'export const name = 1;\n',
      'src/two.ts': 'export const name = 2;\n',
    });
    await expect(bundleFunction(root, 'entry.ts', { isLoadedTogether: true })).rejects.toThrow(
      'src/one.ts and src/two.ts both export name',
    );
  });

  it('keeps source maps beside the zip, not in it', async () => {
    await writeProject(greeter, { polite: ['MIT', false] });
    const [build] = await buildFunctions({ root });
    expect(await readdir(build?.codeDirectory ?? '')).toContain('index.mjs.map');
    expect(Object.keys(unzipSync(await readFile(build?.zipFile ?? ''))).join()).not.toContain('.map');
  });

  it('removes the output of a deleted function', async () => {
    await writeProject(greeter, { polite: ['MIT', false] });
    await mkdir(join(root, 'dist/functions/gone'), { recursive: true });
    await writeFile(join(root, 'dist/functions/gone.zip'), '');
    await buildFunctions({ root });
    expect(await readdir(join(root, 'dist/functions'))).toEqual(['greeter', 'greeter.zip']);
  });

  it('fails when there is nothing to build', async () => {
    await writeProject({ 'src/functions/README.md': '' });
    await expect(buildFunctions({ root })).rejects.toThrow('No function in src/functions');
    await mkdir(join(root, 'src/functions/empty'));
    await expect(buildFunctions({ root })).rejects.toThrow('No index.ts in src/functions/empty');
  });
});

describe('the build fails and shows the chain of imports for', () => {
  const imports = (specifier: string) => ({
    'src/functions/a/index.ts': "export * from '../../between.ts';\n",
    'src/between.ts': `export * from '${specifier}';\n`,
  });
  const chain = 'src/functions/a/index.ts -> src/between.ts';

  it('the local stack', async () => {
    await writeProject({ ...imports('../local/secret.ts'), 'local/secret.ts': 'export const a = 1;\n' });
    await expect(buildFunctions({ root })).rejects.toThrow(
      `a: the local stack is never deployed: ${chain} -> local/secret.ts`,
    );
  });

  it('a license that binds the operator', async () => {
    await writeProject(
      { ...imports('viral'), 'node_modules/viral/index.js': 'export const a = 1;\n' },
      { viral: ['AGPL-3.0-or-later', false] },
    );
    await expect(buildFunctions({ root })).rejects.toThrow(
      `viral has the license AGPL-3.0-or-later: ${chain} -> node_modules/viral/index.js`,
    );
  });

  it('such a license of a package beside the bundle', async () => {
    await writeProject(
      {
        'src/functions/a/index.ts': "export * from '../../lazy.cjs';\n",
        'src/lazy.cjs': "exports.load = () => require('viral');\n",
        'node_modules/viral/index.js': 'exports.a = 1;\n',
      },
      { viral: ['AGPL-3.0-or-later', false] },
    );
    await expect(buildFunctions({ root })).rejects.toThrow(
      'viral has the license AGPL-3.0-or-later: src/functions/a/index.ts -> src/lazy.cjs -> node_modules/viral/index.js',
    );
  });

  it('a development dependency', async () => {
    await writeProject(
      { ...imports('tool'), 'node_modules/tool/index.js': 'export const a = 1;\n' },
      { tool: ['MIT', true] },
    );
    await expect(buildFunctions({ root })).rejects.toThrow('tool is a development dependency');
  });

  it('a transitive dependency that is imported directly', async () => {
    await writeProject(
      { ...imports('deep'), 'node_modules/deep/index.js': 'export const a = 1;\n' },
      { deep: ['MIT', false] },
    );
    await expect(buildFunctions({ root })).rejects.toThrow("deep isn't in package.json's dependencies");
  });
});

describe("this project's functions", () => {
  it('are built reproducibly, in any time zone, and within their budget', async () => {
    const timeZone = process.env['TZ'];
    const first = await buildFunctions({ outDirectory: join(root, 'first') });
    process.env['TZ'] = 'Asia/Kathmandu';
    const second = await buildFunctions({ outDirectory: join(root, 'second') }).finally(() => {
      if (timeZone === undefined) delete process.env['TZ'];
      else process.env['TZ'] = timeZone;
    });
    expect(first.length).toBeGreaterThan(0);
    for (const [index, build] of first.entries()) {
      const again = await readFile(second[index]?.zipFile ?? '');
      expect(again.equals(await readFile(build.zipFile)), build.name).toBe(true);
      expect(isOverBudget(build), sizeTable([build])).toBe(false);
    }
  }, 60_000);

  it("take their credentials from the environment, without the SDK's other providers", async () => {
    const builds = await buildFunctions({ outDirectory: join(root, 'out') });
    const inputs = builds.flatMap((build) => Object.keys(build.metafile.inputs));
    expect(inputs).toContain('src/aws/lambda-credentials.ts');
    expect(inputs.filter((file) => /credential-provider-(?!env)/.test(file))).toEqual([]);
  });
});

describe("this project's manager", () => {
  it('opens no standard stream and reads no list of suffixes on load', async () => {
    const builds = await buildFunctions({ outDirectory: join(root, 'out') });
    const manager = builds.find(({ name }) => name === 'smtp-credential-manager');
    const files = unzipSync(await readFile(manager?.zipFile ?? ''));
    const modules = Object.keys(files).filter((name) => name.endsWith('.mjs'));
    expect(modules.length).toBeGreaterThan(1);
    for (const name of modules) expect(Buffer.from(files[name] ?? []).toString()).not.toContain('"node:process"');
    expect(Object.keys(files)).toContain('tldts-icann.cjs');
    const outputs = manager?.metafile.outputs ?? {};
    const atOnce = Object.values(outputs).filter(({ entryPoint = '' }) => entryPoint.endsWith('manager/index.ts'));
    const chunks = atOnce.flatMap(({ imports }) =>
      imports.filter(({ kind, path }) => kind === 'import-statement' && path in outputs),
    );
    expect(chunks.length, 'chunks that are loaded at the start: each costs 0.4 ms').toBeLessThanOrEqual(1);
    expect(Object.keys(manager?.metafile.inputs ?? {})).toContain('src/aws/lambda-process.ts');
  });
});

describe('the table of sizes', () => {
  it('marks what is too large', () => {
    const sizes = { name: 'a', zipBytes: 300 * 1024, unzippedBytes: 900 * 1024, chunks: 2, budgetKiB: 300 };
    expect(isOverBudget(sizes)).toBe(false);
    const large = { ...sizes, name: 'much-longer', zipBytes: sizes.zipBytes + 1 };
    expect(isOverBudget(large)).toBe(true);
    expect(sizeTable([sizes, large]).split('\n')).toEqual([
      'function     zip KiB  unzipped KiB  chunks  budget KiB',
      'a              300.0         900.0       2         300         ok',
      'much-longer    300.0         900.0       2         300  TOO LARGE',
    ]);
  });
});
