import type { Command } from '../command/command.ts';
import type { CommandIo } from '../command/command-io.ts';
import type { Result } from '../command/result.ts';
import { renderFields, renderTable } from './render-table.ts';
import { renderTsv } from './render-tsv.ts';

/** A result as text for stdout, with a line break at its end; empty if there is nothing to show. */
export function renderResult(
  { columns = [] }: Pick<Command, 'columns'>,
  result: Result,
  { output, isJsonAsked, style }: Pick<CommandIo, 'output' | 'isJsonAsked' | 'style'>,
  width: number,
): string {
  const { json, raw, rows, fields } = result;
  if (raw !== undefined && !isJsonAsked) return raw;
  if (output === 'json') return json === undefined ? '' : `${JSON.stringify(json, null, 2)}\n`;
  if (output === 'tsv') return endLine(renderTsv(columns, result));
  const look = { width, style };
  const parts = [
    ...(fields === undefined ? [] : [renderFields(fields, look)]),
    ...(rows === undefined || rows.length === 0 ? [] : [renderTable(columns, rows, look)]),
  ];
  return endLine(parts.filter((part) => part !== '').join('\n\n'));
}

function endLine(text: string): string {
  return text === '' ? '' : `${text}\n`;
}
