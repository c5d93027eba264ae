import { posix } from 'node:path';
import ts from 'typescript';
import { importsOf, type SourceFile, walk } from './source-file.ts';

/** The modules of `src` from the bottom up. Imports go to the same level or down, never up. */
const levels = [
  ['values'],
  ['credential', 'mail-events', 'dead-letter', 'deliverability', 'deployment', 'mail-client'],
  ['aws', 'observability'],
  ['admin'],
  ['http'],
  ['functions', 'cli', 'console'],
];

/** Modules that hold only rules: no AWS, no clock, no environment. */
const topics = new Set([...(levels[0] ?? []), ...(levels[1] ?? [])]);

/** Node's modules without I/O or clock. */
const pureModules = new Set(['node:buffer', 'node:crypto', 'node:net', 'node:punycode', 'node:url', 'node:util']);

/** Describes every architecture violation in a file of `src`. Unit tests may import anything. */
export function findArchitectureFaults(file: SourceFile): string[] {
  const module = moduleOf(file.path);
  if (levelOf(module) < 0) return [`${file.path}: src/${module} isn't a module of the architecture`];
  const faults = /(^|\/)(utils?|helpers?|common)(\.|\/|$)/.test(file.path)
    ? ['name a file after the one thing that it holds']
    : [];
  if (!file.path.endsWith('.test.ts')) {
    faults.push(...findImportFaults(file, module));
    if (module !== 'aws') faults.push(...findClients(file));
    if (topics.has(module)) faults.push(...findImpurities(file));
  }
  return faults.map((fault) => `${file.path}: ${fault}`);
}

function findImportFaults(file: SourceFile, module: string): string[] {
  return importsOf(file).flatMap((specifier) => {
    const fault = specifier.startsWith('.')
      ? findRelativeFault(file.path, module, specifier)
      : findPackageFault(module, specifier);
    return fault ? [`imports ${specifier}: ${fault}`] : [];
  });
}

function findRelativeFault(path: string, module: string, specifier: string): string | undefined {
  const target = posix.join(posix.dirname(path), specifier);
  if (!target.startsWith('src/')) return 'src imports nothing from outside src';
  const targetModule = moduleOf(target);
  if (levelOf(targetModule) > levelOf(module)) return `${module} may not import ${targetModule}`;
  const [, , targetFunction, ...inside] = target.split('/');
  const another = inside.length > 0 && ![path.split('/')[2], 'runtime'].includes(targetFunction);
  return targetModule === 'functions' && module === 'functions' && another
    ? 'a function may not import from another function'
    : undefined;
}

function findPackageFault(module: string, specifier: string): string | undefined {
  if (specifier.startsWith('@cloud-copilot/')) return 'AGPL: only the local stack may use it';
  if (!topics.has(module)) return undefined;
  if (/^@(aws-sdk|smithy|aws-lambda-powertools)\//.test(specifier)) return 'topics may not import an SDK';
  if (specifier.startsWith('node:') && !pureModules.has(specifier)) return 'topics may not do I/O';
  return undefined;
}

/** Finds SDK clients that are made outside src/aws. */
function findClients(file: SourceFile): string[] {
  const faults: string[] = [];
  walk(file, (node) => {
    if (ts.isNewExpression(node) && /\w+Client$/.test(node.expression.getText())) {
      faults.push(`new ${node.expression.getText()}: only src/aws makes clients`);
    }
  });
  return faults;
}

const impureCalls =
  /^(Date\.now|Date|Math\.random|performance\.now|(\w+\.)?random(UUID|Bytes|Int|FillSync)|(\w+\.)?getRandomValues|set(Timeout|Interval|Immediate)|fetch)$/;

/** Finds uses of the clock, randomness, ids and configuration. A topic gets them as arguments. */
function findImpurities(file: SourceFile): string[] {
  const faults: string[] = [];
  walk(file, (node) => {
    if (ts.isCallExpression(node) && impureCalls.test(node.expression.getText())) {
      faults.push(`calls ${node.expression.getText()}: clocks, ids and I/O are arguments`);
    }
    if (ts.isNewExpression(node) && node.expression.getText() === 'Date' && !node.arguments?.length) {
      faults.push('makes new Date(): the clock is an argument');
    }
    if (ts.isIdentifier(node) && node.text === 'process' && ts.isPropertyAccessExpression(node.parent)) {
      if (node.parent.expression === node) faults.push(`reads ${node.parent.getText()}: configuration is an argument`);
    }
  });
  return faults;
}

/** Finds tests that a run would skip: `it.skip`, `describe.only`, `test.todo` and the like. */
export function findSkippedTests(file: SourceFile): string[] {
  const faults: string[] = [];
  walk(file, (node) => {
    if (!ts.isPropertyAccessExpression(node) || !/^(only|skip|skipIf|runIf|todo|fails)$/.test(node.name.text)) return;
    if (/^(it|test|describe|suite|bench|context|ctx)\b/.test(node.expression.getText())) {
      faults.push(`${file.path}: ${node.getText()} skips tests`);
    }
  });
  return faults;
}

function moduleOf(path: string): string {
  return path.split('/')[1] ?? '';
}

function levelOf(module: string): number {
  return levels.findIndex((modules) => modules.includes(module));
}
