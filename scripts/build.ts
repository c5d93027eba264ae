import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import type { Metafile } from 'esbuild';
import { readArguments } from '../local/command/read-arguments.ts';
import { runCommand } from '../local/command/run-command.ts';
import { buildCli } from './build/build-cli.ts';
import { type Bundle, bundleFunction } from './build/bundle-function.ts';
import { checkInputs, readPackageRules } from './build/check-inputs.ts';
import { type FunctionSizes, isOverBudget, sizeTable } from './build/size-table.ts';
import { zipFiles } from './build/zip-files.ts';

/** The size limit of a function's zip. Small zips start fast. */
const zipBudgetKiB = 300;

/** Streams of events, which no call of ours uses. The clients of Lambda and CloudWatch Logs load them at the start. */
const eventStreams = '@smithy/core/event-streams';
const loadsEventStreams = ['smtp-admin-api'];

/** A folder beside the functions' folders for what all of them use. */
const shared = 'runtime';

/** Paths of the functions and the output. The defaults fit this repository. */
export interface BuildOptions {
  readonly root?: string;
  /** Relative to `root`; holds one folder per function, each with an `index.ts`. */
  readonly functionsDirectory?: string;
  readonly outDirectory?: string;
  readonly budgetKiB?: number;
}

/** A built function: the zip that is deployed, and a folder with the same code and its source maps. */
export interface FunctionBuild extends FunctionSizes {
  readonly zipFile: string;
  readonly codeDirectory: string;
  readonly metafile: Metafile;
}

/**
 * Builds every function to `<out>/<name>.zip`. Builds are byte-identical. Removes the output of functions that no longer exist.
 * Throws if a bundle holds what must not be deployed; the caller checks the sizes.
 */
export async function buildFunctions(options: BuildOptions = {}): Promise<FunctionBuild[]> {
  const root = resolve(options.root ?? join(import.meta.dirname, '..'));
  const functionsDirectory = options.functionsDirectory ?? 'src/functions';
  const outDirectory = resolve(root, options.outDirectory ?? 'dist/functions');
  const names = await findFunctions(root, functionsDirectory);
  const rules = readPackageRules(root);
  const replacements = {
    alias: {
      '@aws-sdk/credential-provider-node': join(root, 'src/aws/lambda-credentials.ts'),
      'node:process': join(root, 'src/aws/lambda-process.ts'),
    },
    // With a parser for the names of browsers: decision 7.
    leftOut: ['bowser', eventStreams],
  };

  const bundles = await Promise.all(
    names.map(async (name) => {
      const entry = `${functionsDirectory}/${name}/index.ts`;
      const { alias, leftOut } = replacements;
      const bundle = await bundleFunction(
        root,
        entry,
        loadsEventStreams.includes(name)
          ? {
              alias: { ...alias, [eventStreams]: join(root, 'src/aws/no-event-streams.ts') },
              leftOut: leftOut.filter((module) => module !== eventStreams),
              isLoadedTogether: true,
            }
          : { alias, leftOut },
      );
      return { name, bundle, faults: checkInputs(bundle.metafile, entry, rules) };
    }),
  );
  const faults = bundles.flatMap(({ name, faults }) => faults.map((fault) => `${name}: ${fault}`));
  if (faults.length > 0) throw new Error(`Must not be deployed:\n${faults.join('\n')}`);

  await mkdir(outDirectory, { recursive: true });
  await removeLeftovers(outDirectory, names);
  return Promise.all(
    bundles.map(({ name, bundle }) => writeFunction(outDirectory, name, bundle, options.budgetKiB ?? zipBudgetKiB)),
  );
}

async function findFunctions(root: string, functionsDirectory: string): Promise<string[]> {
  const entries = await readdir(join(root, functionsDirectory), { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory() && entry.name !== shared).map((entry) => entry.name);
  const without = folders.filter((name) => !existsSync(join(root, functionsDirectory, name, 'index.ts')));
  if (without.length > 0) throw new Error(`No index.ts in ${functionsDirectory}/${without.join(', ')}`);
  if (folders.length === 0) throw new Error(`No function in ${functionsDirectory}`);
  return folders.sort();
}

async function removeLeftovers(outDirectory: string, names: readonly string[]): Promise<void> {
  const wanted = new Set(names.flatMap((name) => [name, `${name}.zip`]));
  const leftovers = (await readdir(outDirectory)).filter((entry) => !wanted.has(entry));
  await Promise.all(leftovers.map((entry) => rm(join(outDirectory, entry), { recursive: true, force: true })));
}

async function writeFunction(
  outDirectory: string,
  name: string,
  bundle: Bundle,
  budgetKiB: number,
): Promise<FunctionBuild> {
  const codeDirectory = join(outDirectory, name);
  await rm(codeDirectory, { recursive: true, force: true });
  await mkdir(codeDirectory);
  const files = [...bundle.code, ...bundle.besides];
  await Promise.all(files.map((file) => writeFile(join(codeDirectory, file.name), file.bytes)));

  const zip = zipFiles(bundle.code);
  const zipFile = join(outDirectory, `${name}.zip`);
  // Replaced atomically, so that a local stack never reads an incomplete zip.
  await writeFile(`${zipFile}.new`, zip);
  await rename(`${zipFile}.new`, zipFile);
  return {
    name,
    zipFile,
    codeDirectory,
    metafile: bundle.metafile,
    zipBytes: zip.byteLength,
    unzippedBytes: bundle.code.reduce((sum, file) => sum + file.bytes.byteLength, 0),
    chunks: bundle.code.length - 1,
    budgetKiB,
  };
}

const usage = `Usage: npm run build

Builds a zip for each function in dist/functions, and the command line in dist; shows their sizes. Fails above ${zipBudgetKiB} KiB.

  -h, --help      show this`;

if (import.meta.main) {
  process.exitCode = await runCommand(usage, () => readArguments(process.argv.slice(2), {}).values, buildAll);
}

async function buildAll(): Promise<number> {
  const builds = await buildFunctions();
  console.log(sizeTable(builds));
  const root = resolve(import.meta.dirname, '..');
  const cli = await buildCli(root);
  const kib = (bytes: number) => (bytes / 1024).toFixed(1);
  console.log(
    `${relative(root, cli.packageFile)}: ${kib(cli.packageBytes)} KiB, unpacked ${kib(cli.unpackedBytes)} KiB`,
  );
  const tooLarge = builds.filter(isOverBudget);
  if (tooLarge.length === 0) return 0;
  console.error(`Above the budget: ${tooLarge.map((build) => build.name).join(', ')}`);
  return 1;
}
