import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { catalogue } from '../src/cli/catalogue.ts';
import { describeCommand } from '../src/cli/command/describe-command.ts';
import { exitCodes } from '../src/cli/command/exit-codes.ts';
import { findFault } from './support/check-command-line.ts';
import { createFakeCli } from './support/fake-cli.ts';
import { commandsOf } from './support/transcript.ts';

const root = join(import.meta.dirname, '..');
const skill = readFileSync(join(root, 'skills/sesame/SKILL.md'), 'utf8');
const tree = JSON.parse((await createFakeCli().run('commands', '--json')).stdout);

/** Command lines in code blocks, and those between backticks, which may be a part of a line only. */
function linesOf(document: string): { readonly blocks: string[]; readonly spans: string[] } {
  const fences = [...document.matchAll(/^ *```(\w*)\n([\s\S]*?)^ *```/gm)];
  const blocks = fences.flatMap(([, language, text = '']) =>
    language === 'console' ? commandsOf(text).flatMap((command) => command.split('\n')) : text.split('\n'),
  );
  const prose = document.replace(/^ *```[\s\S]*?^ *```/gm, '');
  const spans = [...prose.matchAll(/`((?:npx --no-install )?sesame [^`]+)`/g)].map(([, span = '']) => span);
  return { blocks: blocks.flatMap(commandLinesIn), spans: spans.flatMap(commandLinesIn) };
}

/** Each call of the program in a line of shell: at its beginning, after `;`, `&&`, `|`, `do` or `$(`, or in the string of `sh -c`. */
function commandLinesIn(line: string): string[] {
  return line
    .split(/ && |; |\| |\bdo |\$\(|-c '/)
    .map((part) =>
      part
        .trim()
        .replace(/^npx --no-install /, '')
        .replace(/\)\s*$|\) /g, ' ')
        .replace(/'$/, (quote) => ((part.match(/'/g)?.length ?? 0) % 2 === 1 ? '' : quote)),
    )
    .filter((part) => /^sesame [a-z-]/.test(part) && !/^sesame --(?:help|version)/.test(part));
}

/** Lines that the program would not take. In prose, arguments and required flags may be left out. */
function faultsOf(document: string): (readonly [string, string])[] {
  const { blocks, spans } = linesOf(document);
  const faults = (lines: readonly string[]) =>
    lines.flatMap((line) => {
      const fault = findFault(line, tree);
      return fault === undefined ? [] : [[line, fault] as const];
    });
  return [...faults(blocks), ...faults(spans).filter(([, fault]) => !/arguments$|is missing$/.test(fault))];
}

describe('the skill for coding agents', () => {
  it('shows only command lines that the program takes', () => {
    const { blocks, spans } = linesOf(skill);
    expect(blocks.length + spans.length).toBeGreaterThan(20);
    expect(faultsOf(skill)).toEqual([]);
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

const documents = globSync(['*.md', 'docs/**/*.md', 'skills/**/*.md', 'terraform/**/*.md', 'src/**/*.md'], {
  cwd: root,
  exclude: ['**/.terraform/**'],
}).filter((document) => document !== 'CHANGELOG.md');
const textOf = (document: string) => readFileSync(join(root, document), 'utf8');

describe('the documents', () => {
  it('show only command lines that the program takes', () => {
    expect(documents.length).toBeGreaterThan(40);
    const lines = documents.flatMap((document) => Object.values(linesOf(textOf(document))).flat());
    expect(lines.length).toBeGreaterThan(250);
    expect(documents.flatMap((document) => faultsOf(textOf(document)).map((fault) => [document, ...fault]))).toEqual(
      [],
    );
  });

  it('do not run the package of that name on npm', () => {
    for (const document of documents) {
      expect(textOf(document).replaceAll('a bare `npx sesame`', ''), document).not.toMatch(/npx sesame/);
    }
  });

  /** What `sesame` can't do: copy items between two tables, probe what a role may do, list what a test made. */
  const mayWriteItems = [
    'docs/records-by-hand.md',
    'docs/runbooks/restore-table.md',
    'docs/first-hour-on-aws.md',
    'docs/operators-day.md',
  ];

  it('leave records by hand to the page about them', () => {
    const byHand = /aws dynamodb (?:put|update|delete|get)-item|aws kms decrypt|[Ss]et (?:its |the record's )?`status`/;
    const found = documents.filter((document) => byHand.test(textOf(document)));
    expect(found.filter((document) => !mayWriteItems.includes(document))).toEqual([]);
    expect(found).toContain('docs/records-by-hand.md');
  });
});

it('texts of the code that tell people what to do name only commands and flags that exist', () => {
  const files = globSync(['src/**/*.ts', 'local/**/*.ts'], { cwd: root }).filter((file) => !file.endsWith('.test.ts'));
  const lines = files.flatMap((file) =>
    [...textOf(file).matchAll(/\bsesame ((?:[a-z-]+|[A-Z]+\b|--[a-z-]+|\$\{[^}]*\}|[ ])+)/g)].map(([, words = '']) => ({
      file,
      line: `sesame ${words.replace(/\$\{[^}]*\}/g, 'NAME').trim()}`,
    })),
  );
  const known = new Set(tree.commands.map(({ name }: { name: string }) => name.split(' ')[0]));
  const given = lines.filter(({ line }) => known.has(line.split(' ')[1]));
  expect(given.length).toBeGreaterThan(60);
  const faults = given.flatMap(({ file, line }) => {
    const fault = findFault(line, tree);
    // Only the beginning of a line may have been found.
    return fault === undefined || /arguments$|is missing$|take undefined$/.test(fault) ? [] : [[file, line, fault]];
  });
  expect(faults).toEqual([]);
  // The comments in completion scripts are no command lines.
  const others = lines.filter(({ file, line }) => !file.includes('/completion/') && /^sesame [a-z]/.test(line));
  expect(others.filter(({ line }) => !known.has(line.split(' ')[1]))).toEqual([]);
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
