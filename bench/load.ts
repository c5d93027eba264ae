import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Metafile } from 'esbuild';
import ts from 'typescript';
import { bundleFunction } from '../scripts/build/bundle-function.ts';
import { buildFunctions } from '../scripts/build.ts';
import { readSourceFiles } from '../test/support/source-file.ts';
import { median } from './support/figures.ts';
import { readBenchNumbers } from './support/read-bench-numbers.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..');
const functionName = 'smtp-credential-manager';

/** The manager's load time relative to that of its AWS clients alone. */
const budget = 1.1;

/** The manager's environment. Nothing is called, so none of it has to exist. */
const environment = {
  PATH: process.env['PATH'] ?? '',
  AWS_REGION: 'eu-west-1',
  AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  TABLE_NAME: 'mail',
  KMS_KEY_ARN: 'arn:aws:kms:eu-west-1:123456789012:key/00000000-0000-0000-0000-000000000000',
  SES_REGION: 'eu-west-1',
  DEAD_LETTER_QUEUE_URL: 'https://sqs.eu-west-1.amazonaws.com/123456789012/dead-letters',
  PERMISSIONS_BOUNDARY_ARN: 'arn:aws:iam::123456789012:policy/boundary',
  TRACING: 'on',
  POWERTOOLS_TRACE_ENABLED: 'false',
};

const { runs } = await readBenchNumbers(
  'bench:load',
  'Compares the load time of the manager with that of its AWS clients alone.',
  { runs: { about: 'loads of each', default: 120, from: 15 } },
);

const folder = await mkdtemp(join(tmpdir(), 'load-'));
try {
  const ratio = await measure();
  process.exitCode = ratio <= budget ? 0 : 1;
} finally {
  await rm(folder, { recursive: true });
}

/** Loads the bundles in turn, so that other load on the machine affects all of them. Returns the ratio of medians. */
async function measure(): Promise<number> {
  const manager = (await buildFunctions({ outDirectory: folder })).find(({ name }) => name === functionName);
  if (!manager) throw new Error(`${functionName} isn't built`);
  const entry = clientsOnly(manager.metafile);
  console.log(`The same AWS clients, and nothing else:\n${entry}`);

  const files = {
    manager: join(manager.codeDirectory, 'index.mjs'),
    clients: await writeBundle('clients', entry),
    nothing: await writeBundle('nothing', ''),
  };
  const times: Record<keyof typeof files, number[]> = { manager: [], clients: [], nothing: [] };
  const names = Object.keys(files) as (keyof typeof files)[];
  for (const name of names) await load(files[name]);
  for (let round = 0; round < runs; round++) {
    // Forwards and backwards, so that no bundle always follows the same one.
    for (const name of round % 2 === 0 ? names : [...names].reverse()) times[name].push(await load(files[name]));
  }
  for (const name of names) {
    const fastest = Math.min(...times[name]).toFixed(1);
    console.log(
      `${name.padEnd(8)} median ${median(times[name]).toFixed(1)} ms, fastest ${fastest} ms, of ${runs} runs`,
    );
  }
  const ratio = median(times.manager) / median(times.clients);
  console.log(`manager / clients: ${ratio.toFixed(2)} (budget ${budget})`);
  return ratio;
}

/**
 * Import statements for what the bundle's own files import from AWS clients: the same classes of the same packages. Clients
 * that the manager loads lazily are left out on both sides.
 */
function clientsOnly(metafile: Metafile): string {
  const loadedAtOnce = filesLoadedAtOnce(metafile);
  const names = new Map<string, Set<string>>();
  for (const { path, tree } of readSourceFiles(root, 'src')) {
    if (!loadedAtOnce.has(path)) continue;
    for (const statement of tree.statements) {
      if (!ts.isImportDeclaration(statement) || !ts.isStringLiteral(statement.moduleSpecifier)) continue;
      const from = statement.moduleSpecifier.text;
      if (!from.startsWith('@aws-sdk/client-')) continue;
      names.set(from, new Set([...(names.get(from) ?? []), ...valuesOf(statement)]));
    }
  }
  if (names.size === 0) throw new Error('no AWS client was found');
  return [...names].map(([from, what]) => `export { ${[...what].sort().join(', ')} } from '${from}';`).join('\n');
}

function filesLoadedAtOnce(metafile: Metafile): Set<string> {
  const reached = new Set([`src/functions/${functionName}/index.ts`]);
  for (const file of reached) {
    for (const target of metafile.inputs[file]?.imports ?? []) {
      if (target.kind === 'import-statement') reached.add(target.path);
    }
  }
  return reached;
}

/** The imported names that exist at run time. */
function valuesOf(statement: ts.ImportDeclaration): string[] {
  const clause = statement.importClause;
  const bindings = clause?.namedBindings;
  if (!bindings || clause.phaseModifier === ts.SyntaxKind.TypeKeyword || !ts.isNamedImports(bindings)) return [];
  return bindings.elements.filter((name) => !name.isTypeOnly).map((name) => (name.propertyName ?? name.name).text);
}

/** Bundles a text with the build's settings, but without our replacements of the credential providers and Node's modules. */
async function writeBundle(name: string, text: string): Promise<string> {
  await mkdir(join(root, 'dist'), { recursive: true });
  // The entry must be in the repository to find its packages.
  const scratch = await mkdtemp(join(root, 'dist', 'load-'));
  try {
    await writeFile(join(scratch, 'index.ts'), text);
    const { code } = await bundleFunction(root, join(scratch, 'index.ts'));
    await mkdir(join(folder, name), { recursive: true });
    for (const file of code) await writeFile(join(folder, name, file.name), file.bytes);
    return join(folder, name, 'index.mjs');
  } finally {
    await rm(scratch, { recursive: true });
  }
}

/** Measures the milliseconds that a fresh process takes to import the file. */
async function load(file: string): Promise<number> {
  const program = 'const t=performance.now();await import(process.argv[1]);console.log(performance.now()-t)';
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', program, file], { env: environment });
  const lines = stdout.trim().split('\n');
  return Number(lines.at(-1));
}
