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

/** The load time of each function, relative to that of the manager's AWS clients alone. */
const budget = 1.1;
/** The functions that somebody waits for: the API's, too, may take no longer than the manager. */
const measured = [functionName, 'smtp-admin-api', 'smtp-password-reveal'];

/** The functions' environment. Nothing is called, so none of it has to exist. */
const environment = {
  PATH: process.env['PATH'] ?? '',
  AWS_REGION: 'eu-west-1',
  AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  TABLE_NAME: 'mail',
  KMS_KEY_ARN: 'arn:aws:kms:eu-west-1:123456789012:key/00000000-0000-0000-0000-000000000000',
  SES_REGION: 'eu-west-1',
  DEAD_LETTER_QUEUE_URL: 'https://sqs.eu-west-1.amazonaws.com/123456789012/dead-letters',
  PARKING_QUEUE_URL: 'https://sqs.eu-west-1.amazonaws.com/123456789012/parking',
  VERIFICATION_QUEUE_URL: 'https://sqs.eu-west-1.amazonaws.com/123456789012/verifications',
  SENDING_EVENTS_QUEUE_URL: 'https://sqs.eu-west-1.amazonaws.com/123456789012/sending-events',
  FEEDBACK_QUEUE_URL: 'https://sqs.eu-west-1.amazonaws.com/123456789012/feedback',
  CONFIGURATION_SET: 'smtp',
  FUNCTION_NAMES: 'smtp-credential-manager',
  DEPLOYMENT_PARAMETER: '/sesame/deployment',
  EXPIRY_ATTRIBUTE: 'expires_at',
  PERMISSIONS_BOUNDARY_ARN: 'arn:aws:iam::123456789012:policy/boundary',
  TRACING: 'on',
  POWERTOOLS_TRACE_ENABLED: 'false',
};

const { runs } = await readBenchNumbers(
  'bench:load',
  "Compares the load time of the manager and of the API's functions with that of the manager's AWS clients alone.",
  { runs: { about: 'loads of each', default: 120, from: 15 } },
);

const folder = await mkdtemp(join(tmpdir(), 'load-'));
try {
  const ratio = await measure();
  process.exitCode = ratio <= budget ? 0 : 1;
} finally {
  await rm(folder, { recursive: true });
}

/** Loads the bundles in turn, so that other load on the machine affects all of them. Returns the highest ratio of medians. */
async function measure(): Promise<number> {
  const built = await buildFunctions({ outDirectory: folder });
  const builtOf = (name: string) => {
    const found = built.find((each) => each.name === name);
    if (found === undefined) throw new Error(`${name} isn't built`);
    return found;
  };
  const entry = clientsOnly(builtOf(functionName).metafile);
  console.log(`The same AWS clients, and nothing else:\n${entry}`);

  const files = new Map([
    ...measured.map((name) => [name, join(builtOf(name).codeDirectory, 'index.mjs')] as const),
    ['clients', await writeBundle('clients', entry)] as const,
    ['nothing', await writeBundle('nothing', '')] as const,
  ]);
  const times = new Map([...files.keys()].map((name) => [name, [] as number[]]));
  for (const file of files.values()) await load(file);
  for (let round = 0; round < runs; round++) {
    // Forwards and backwards, so that no bundle always follows the same one.
    for (const [name, file] of round % 2 === 0 ? files : [...files].reverse()) times.get(name)?.push(await load(file));
  }
  for (const [name, all] of times) {
    const fastest = Math.min(...all).toFixed(1);
    console.log(`${name.padEnd(23)} median ${median(all).toFixed(1)} ms, fastest ${fastest} ms, of ${runs} runs`);
  }
  const ratios = measured.map((name) => median(times.get(name) ?? []) / median(times.get('clients') ?? []));
  for (const [at, name] of measured.entries()) {
    console.log(`${name} / clients: ${ratios[at]?.toFixed(2)} (budget ${budget})`);
  }
  return Math.max(...ratios);
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
