import type { Result } from '../command/result.ts';
import { readCell } from './cell-text.ts';

/** Tab-separated values with a line of column names. No value holds a tab or a line break. */
export function renderTsv(columns: readonly string[], { rows, fields }: Pick<Result, 'rows' | 'fields'>): string {
  if (rows === undefined)
    return (fields ?? []).map(([name, value]) => `${readCell(name).text}\t${readCell(value).text}`).join('\n');
  const lines = rows.map((row) => columns.map((column) => readCell(row[column]).text));
  return [[...columns], ...lines].map((cells) => cells.join('\t')).join('\n');
}
