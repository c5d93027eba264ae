import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { catalogue } from '../src/cli/catalogue.ts';
import { describeCommand } from '../src/cli/command/describe-command.ts';
import { exitCodes } from '../src/cli/command/exit-codes.ts';
import { findFault } from './support/check-command-line.ts';
import { createFakeCli } from './support/fake-cli.ts';

const root = join(import.meta.dirname, '..');
const skill = readFileSync(join(root, 'skills/sesame/SKILL.md'), 'utf8');
const tree = JSON.parse((await createFakeCli().run('commands', '--json')).stdout);

/** Command lines in code blocks and between backticks. */
function linesOf(document: string): string[] {
  const blocks = [...document.matchAll(/```bash\n([\s\S]*?)```/g)].flatMap(([, block = '']) => block.split('\n'));
  const spans = [...document.replace(/```[\s\S]*?```/g, '').matchAll(/`((?:npx --no-install )?sesame [^`]+)`/g)].map(
    ([, span = '']) => span,
  );
  return [...blocks, ...spans]
    .map((line) => line.replace(/^npx --no-install /, '').trim())
    .filter((line) => /^sesame [a-z]/.test(line));
}

describe('the skill for coding agents', () => {
  it('shows only command lines that the program takes', () => {
    const lines = linesOf(skill);
    expect(lines.length).toBeGreaterThan(20);
    // A span may name a part of a line only.
    const faults = lines
      .map((line) => [line, findFault(line, tree)] as const)
      .filter(
        ([line, fault]) =>
          fault !== undefined && !(skill.includes(`\`${line}\``) && /arguments$|is missing$/.test(fault)),
      );
    expect(faults).toEqual([]);
  });

  it('names every command that asks, and the exit codes', () => {
    for (const { name } of tree.commands.filter(({ asks }: { asks: boolean }) => asks)) {
      expect(skill).toContain(name === 'rotate' ? '`rotate --all`' : `\`${name}\``);
    }
    const codes = Object.values(exitCodes).filter((code) => code <= exitCodes.denied);
    for (const code of codes) expect(skill).toMatch(new RegExp(`Exit codes:.*\\b${code} [a-z]`));
  });

  it('begins with its name and what it is for', () => {
    expect(skill).toMatch(/^---\nname: sesame\ndescription: .{20,200}\n---\n/);
  });
});

it('every example of every command is a line that the program takes', async () => {
  const commands = await Promise.all(catalogue.map(describeCommand));
  const lines = commands
    .flatMap(({ examples }) => examples.map(({ line }) => line))
    .filter((line) => line.startsWith('sesame '));
  expect(lines.length).toBeGreaterThan(50);
  expect(lines.map((line) => [line, findFault(line, tree)]).filter(([, fault]) => fault !== undefined)).toEqual([]);
});

it('no document runs the package of that name on npm', () => {
  const documents = globSync(['*.md', 'docs/**/*.md', 'skills/**/*.md'], { cwd: root });
  expect(documents.length).toBeGreaterThan(20);
  for (const document of documents) {
    const text = readFileSync(join(root, document), 'utf8').replaceAll('a bare `npx sesame`', '');
    expect(text, document).not.toMatch(/npx sesame/);
  }
});

it.each([
  ['sesame bogus', 'there is no command "bogus"'],
  ['sesame list --bogus', '"list" has no --bogus'],
  ['sesame list --status odd', '--status does not take odd'],
  ['sesame show', '"show" does not take 0 arguments'],
  ['sesame create x', '--from is missing'],
])('the checker finds the fault of %s', (line, fault) => {
  expect(findFault(line, tree)).toBe(fault);
});
