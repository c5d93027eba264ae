import { posix } from 'node:path';
import ts from 'typescript';
import { importsOf, type SourceFile, walk } from './source-file.ts';

/** Rooms from the bottom up. An import goes to the same level or down, never up. */
const levels = [
  ['credential', 'sending', 'dead-letter', 'deliverability', 'mail-client'],
  ['aws', 'observability'],
  ['admin'],
  ['functions', 'cli', 'console'],
  ['local'],
];

const topics = new Set(levels[0]);

/** Node's modules that neither do I/O nor know the time. */
const pureModules = new Set(['node:buffer', 'node:crypto', 'node:net', 'node:punycode', 'node:url', 'node:util']);

/** Everything about a file of `src` that breaks the architecture, in words. Tests beside the code may use anything. */
export function findArchitectureFaults(file: SourceFile): string[] {
  const room = roomOf(file.path);
  if (levelOf(room) < 0) return [`${file.path}: src/${room} isn't a room of the house`];
  const faults = /(^|\/)(utils?|helpers?|common)(\.|\/|$)/.test(file.path)
    ? ['a file is named after the one thing that it holds']
    : [];
  if (!file.path.endsWith('.test.ts')) {
    faults.push(...findImportFaults(file, room));
    if (room !== 'local' && room !== 'aws') faults.push(...findClients(file));
    if (topics.has(room)) faults.push(...findImpurities(file));
  }
  return faults.map((fault) => `${file.path}: ${fault}`);
}

function findImportFaults(file: SourceFile, room: string): string[] {
  return importsOf(file).flatMap((specifier) => {
    const fault = specifier.startsWith('.')
      ? findRelativeFault(file.path, room, specifier)
      : findPackageFault(room, specifier);
    return fault ? [`imports ${specifier}: ${fault}`] : [];
  });
}

function findRelativeFault(path: string, room: string, specifier: string): string | undefined {
  const target = posix.join(posix.dirname(path), specifier);
  if (!target.startsWith('src/')) return room === 'local' ? undefined : 'src imports nothing from outside src';
  const targetRoom = roomOf(target);
  if (levelOf(targetRoom) > levelOf(room)) return `${room} may not import ${targetRoom}`;
  const [, , targetFunction, ...inside] = target.split('/');
  const another = inside.length > 0 && targetFunction !== path.split('/')[2];
  return targetRoom === 'functions' && room === 'functions' && another
    ? "a function doesn't reach into another one"
    : undefined;
}

function findPackageFault(room: string, specifier: string): string | undefined {
  if (specifier.startsWith('@cloud-copilot/') && room !== 'local') return 'AGPL: only the local stack may use it';
  if (!topics.has(room)) return undefined;
  if (/^@(aws-sdk|smithy|aws-lambda-powertools)\//.test(specifier)) return 'topics know no SDK';
  if (specifier.startsWith('node:') && !pureModules.has(specifier)) return 'topics do no I/O';
  return undefined;
}

/** SDK clients are made in one place. */
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

/** Time, randomness, ids and configuration are arguments of a topic. */
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

/** Tests that a run would leave out: `it.skip`, `describe.only`, `test.todo` and their like. */
export function findLeftOutTests(file: SourceFile): string[] {
  const faults: string[] = [];
  walk(file, (node) => {
    if (!ts.isPropertyAccessExpression(node) || !/^(only|skip|skipIf|runIf|todo|fails)$/.test(node.name.text)) return;
    if (/^(it|test|describe|suite|bench|context|ctx)\b/.test(node.expression.getText())) {
      faults.push(`${file.path}: ${node.getText()} leaves tests out`);
    }
  });
  return faults;
}

function roomOf(path: string): string {
  return path.split('/')[1] ?? '';
}

function levelOf(room: string): number {
  return levels.findIndex((rooms) => rooms.includes(room));
}
