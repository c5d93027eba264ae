import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readArguments } from '../local/command/read-arguments.ts';
import { runCommand } from '../local/command/run-command.ts';
import type { PolicyDocument } from '../local/policy/policy-document.ts';
import { replacePart } from './generated-part.ts';
import { harms } from './reach/harms.ts';
import { canMakeOne, readRoles } from './reach/roles.ts';

export const securityFile = join(import.meta.dirname, '..', 'SECURITY.md');
const marks = { begin: '<!-- reach: written by scripts/reach-docs.ts -->', end: '<!-- end of reach -->' };

/** Evaluates what each role could do harm with, as a table in Markdown. */
export async function describeReach(roles: ReadonlyMap<string, PolicyDocument>): Promise<string> {
  const rows = await Promise.all(
    Object.entries(harms).map(async ([harm, calls]) => {
      const cells = await Promise.all([...roles.values()].map((policy) => canMakeOne(policy, calls)));
      return `| ${harm} | ${cells.map((can) => (can ? 'yes' : '')).join(' | ')} |`;
    }),
  );
  const names = [...roles.keys()].map((name) => name.replace(/^(smtp|admin)-(credential-|email-)?/, ''));
  return [`| | ${names.join(' | ')} |`, `|---|${names.map(() => '---|').join('')}`, ...rows].join('\n');
}

/** Returns the page with the current table. Throws if the marks around it are missing. */
export async function renderSecurity(page: string): Promise<string> {
  return replacePart('SECURITY.md', page, marks, await describeReach(await readRoles()));
}

const usage = `Usage: npm run docs:reach

Writes the table of what each role could do harm with, in SECURITY.md.

  -h, --help      show this`;

if (import.meta.main) {
  process.exitCode = await runCommand(
    usage,
    () => readArguments(process.argv.slice(2), {}).values,
    async () => {
      writeFileSync(securityFile, await renderSecurity(readFileSync(securityFile, 'utf8')));
      return 0;
    },
  );
}
