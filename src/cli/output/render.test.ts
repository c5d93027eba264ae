import { describe, expect, it } from 'vitest';
import { csvLine } from './csv-line.ts';
import { renderFields, renderTable, wrap } from './render-table.ts';
import { renderTsv } from './render-tsv.ts';
import { createStyle, createTerminalIo } from './terminal-io.ts';

const plain = (_tone: string, text: string) => text;

describe('a table', () => {
  const rows = [
    { name: 'a-rather-long-name', senders: 'x'.repeat(60), owner: 'team', empty: undefined },
    { name: 'b', senders: '東京@example.com', owner: undefined, empty: '' },
  ];

  it.each([40, 60, 80, 200])('fits %i characters', (width) => {
    const lines = renderTable(['name', 'senders', 'owner', 'empty'], rows, { width, style: plain }).split('\n');
    expect(lines).toHaveLength(3);
    expect(lines[0]).not.toContain('EMPTY');
    expect(lines[1]).toContain('a-rather-long-name');
    for (const line of lines) expect([...line].length).toBeLessThanOrEqual(width);
  });

  it('aligns wide characters', () => {
    const [, , second = ''] = renderTable(
      ['name', 'senders', 'owner'],
      [...rows, { name: 'c', senders: 'y', owner: 'z' }],
      {
        width: 60,
        style: plain,
      },
    ).split('\n');
    expect(second).toMatch(/^b +東京@example.com$/);
  });

  it('wraps sentences in its last column', () => {
    const message = 'one two three four five six seven';
    const lines = renderTable(['step', 'message'], [{ step: 'deny', message }], { width: 20, style: plain }).split(
      '\n',
    );
    expect(
      lines
        .slice(1)
        .map((line) => line.trim())
        .join(' '),
    ).toBe(`deny  ${message}`);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(20);
  });

  it('colours cells, not the space between them', () => {
    const style = (tone: string, text: string) => `<${tone}>${text}</>`;
    const text = renderTable(['a', 'b'], [{ a: { text: 'x', tone: 'good' }, b: 'y' }], { width: 80, style });
    expect(text).toBe('<dim>A</>  <dim>B</>\n<good>x</>  y');
  });
});

it('fields wrap under their beginning, and leave out what is empty', () => {
  const text = renderFields(
    [
      ['name', 'a'],
      ['long', 'one two three four five six'],
      ['none', undefined],
    ],
    { width: 24, style: plain },
  );
  expect(text).toBe('name  a\nlong  one two three four\n      five six');
});

it('a word that is too long keeps its line', () => {
  expect(wrap('a bbbbbbbbbbbb c', 5)).toEqual(['a', 'bbbbbbbbbbbb', 'c']);
});

it('tsv has no tab and no line break in a value', () => {
  expect(
    renderTsv(['a', 'b'], {
      rows: [
        { a: 'x\ty', b: 'p\nq' },
        { a: 1, b: null },
      ],
    }),
  ).toBe('a\tb\nx y\tp q\n1\t');
});

it('csv quotes what it must, and disarms formulas', () => {
  expect(csvLine(['a', 'b,c', 'd"e', '=1+1', '@x', '-2', 'f\ng'])).toBe(`a,"b,c","d""e",'=1+1,'@x,'-2,"f\ng"\r\n`);
});

describe('a terminal', () => {
  const terminal = (isTTY: boolean, env: Record<string, string> = {}) => {
    const written = { out: '', err: '' };
    const io = (flags = {}) =>
      createTerminalIo(
        {
          stdin: { isTTY },
          stdout: { isTTY, write: (text) => (written.out += text) },
          stderr: { isTTY, write: (text) => (written.err += text) },
          env,
        },
        flags,
      );
    return { written, io };
  };

  it('decides the form of the output and whether there are colours', () => {
    expect(terminal(true).io().output).toBe('table');
    expect(terminal(false).io().output).toBe('json');
    expect(terminal(true).io({ output: 'tsv' }).output).toBe('tsv');
    expect(terminal(true).io().style('bad', 'x')).toBe('\u001b[31mx\u001b[39m');
    expect(terminal(true).io({ color: false }).style('bad', 'x')).toBe('x');
    expect(terminal(true, { NO_COLOR: '1' }).io().style('bad', 'x')).toBe('x');
    expect(terminal(true, { TERM: 'dumb' }).io().style('bad', 'x')).toBe('x');
    expect(terminal(false).io().style('bad', 'x')).toBe('x');
    expect(createStyle(true)('good', 'x')).toBe('\u001b[32mx\u001b[39m');
  });

  it('shows progress only to people, and clears it before words', () => {
    const there = terminal(true);
    const io = there.io();
    io.progress('Reading');
    io.note('Done.');
    expect(there.written.err).toBe('\r\u001b[KReading\r\u001b[KDone.\n');
    const file = terminal(false);
    file.io().progress('Reading');
    file.io({ quiet: true }).note('Done.');
    expect(file.written.err).toBe('');
  });
});
