import fastStringWidth from 'fast-string-width';
import type { Cell, Row, Tone } from '../command/result.ts';
import { readCell } from './cell-text.ts';

export interface TableLook {
  /** Characters in a line of the terminal. */
  readonly width: number;
  readonly style: (tone: Tone, text: string) => string;
}

const gap = 2;
/** A column is never cut to fewer characters while another one is wider. */
const minWidth = 8;

/** Columns of whole sentences or documents. As the last one, they are wrapped instead of cut. */
const sentences = new Set(['message', 'summary', 'document', 'details', 'remedy']);

/**
 * A table that fits the terminal: columns that nobody fills are left out, and the widest are cut, with `…`, until each line fits. The first
 * column is never cut: it holds names, which people copy.
 */
export function renderTable(columns: readonly string[], rows: readonly Row[], { width, style }: TableLook): string {
  const shown = columns.filter((column, index) => index === 0 || rows.some((row) => readCell(row[column]).text !== ''));
  const widths = shown.map((column) =>
    Math.max(widthOf(titleOf(column)), ...rows.map((row) => widthOf(readCell(row[column]).text))),
  );
  shrink(widths, width - gap * (shown.length - 1));
  const last = shown.length - 1;
  const before = widths.slice(0, -1).reduce((sum, each) => sum + each + gap, 0);
  const lines = (cells: readonly Cell[]) => {
    const fitted = cells.map((cell, index) => {
      const { text, tone } = readCell(cell);
      const columnWidth = widths[index] ?? 0;
      const isWrapped = index === last && index > 0 && sentences.has(shown[index] ?? '');
      const [first = '', ...more] = isWrapped ? wrap(text, columnWidth) : [cutText(text, columnWidth)];
      const padding = index === last ? '' : ' '.repeat(columnWidth - widthOf(first));
      return { text: `${tone === undefined ? first : style(tone, first)}${padding}`, more };
    });
    const line = fitted.map(({ text }) => text).join(' '.repeat(gap));
    return [line.trimEnd(), ...(fitted[last]?.more ?? []).map((text) => `${' '.repeat(before)}${text}`)];
  };
  const head = lines(shown.map((column) => ({ text: titleOf(column), tone: 'dim' })));
  return [head, ...rows.map((row) => lines(shown.map((column) => row[column])))].flat().join('\n');
}

/** Names and values of one thing. Long values are wrapped at spaces under their beginning. */
export function renderFields(
  fields: readonly (readonly [name: string, value: Cell])[],
  { width, style }: TableLook,
): string {
  const filled = fields
    .filter(([, value]) => readCell(value).text !== '')
    .map(([name, value]) => [readCell(name).text, value] as const);
  const nameWidth = Math.max(0, ...filled.map(([name]) => widthOf(name)));
  return filled
    .flatMap(([name, value]) => {
      const { text, tone } = readCell(value);
      const lines = wrap(text, Math.max(20, width - nameWidth - gap));
      return lines.map((part, index) => {
        const label = (index === 0 ? name : '').padEnd(nameWidth + gap);
        return `${style('dim', label)}${tone === undefined ? part : style(tone, part)}`.trimEnd();
      });
    })
    .join('\n');
}

/** Breaks a text at spaces. A longer word keeps its line, so that it can be copied. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && widthOf(line) + 1 + widthOf(word) > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

function titleOf(column: string): string {
  return column.replaceAll('_', ' ').toUpperCase();
}

function shrink(widths: number[], room: number): void {
  let over = widths.reduce((sum, each) => sum + each, 0) - room;
  while (over > 0) {
    const widest = Math.max(...widths.slice(1), minWidth);
    const at = widths.lastIndexOf(widest);
    if (widest <= minWidth || at < 1) return;
    widths[at] = widest - 1;
    over -= 1;
  }
}

function cutText(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let cut = '';
  for (const character of text) {
    if (widthOf(cut + character) > width - 1) break;
    cut += character;
  }
  return `${cut}…`;
}

function widthOf(text: string): number {
  return fastStringWidth(text);
}
