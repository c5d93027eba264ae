import Papa from 'papaparse';
import { CliError } from '../command/cli-error.ts';

/** One credential of a file, before anything is understood. */
export interface ImportLine {
  /** The line of the file, from 1; of a JSON array, the element. With line breaks inside cells, the row. */
  readonly line: number;
  /** Texts from a table; anything from JSON. By the column's name as it is written. */
  readonly cells: ReadonlyMap<string, unknown>;
}

export interface ImportTable {
  readonly columns: readonly string[];
  readonly lines: readonly ImportLine[];
}

/**
 * Reads a list of credentials: CSV with any usual separator, a JSON array, JSON lines, or what `sesame export` writes.
 *
 * @throws CliError `InvalidFile`, with the line
 */
export function readImportTable(bytes: Uint8Array): ImportTable {
  const text = decode(bytes);
  const start = text.trimStart().charAt(0);
  const table = start === '[' || start === '{' ? readJson(text) : readCsv(text);
  if (table.lines.length === 0) throw invalidFile('It holds no credential.');
  return table;
}

/** Spreadsheet programs write UTF-16 with a mark, UTF-8 with or without one, or the Western European code page. */
function decode(bytes: Uint8Array): string {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

function readJson(text: string): ImportTable {
  const values = readValues(text);
  const lines = values.map((value, index) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw invalidFile(`Element ${index + 1} is no JSON object.`);
    return { line: index + 1, cells: new Map(Object.entries(value)) };
  });
  return { columns: [...new Set(lines.flatMap(({ cells }) => [...cells.keys()]))], lines };
}

function readValues(text: string): readonly unknown[] {
  const whole = parse(text);
  if (whole === undefined) return readJsonLines(text);
  const { value } = whole;
  if (Array.isArray(value)) return value;
  const { credentials } = value as { readonly credentials?: unknown };
  return Array.isArray(credentials) ? credentials : [value];
}

function readJsonLines(text: string): readonly unknown[] {
  return text.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return [];
    const read = parse(line);
    if (read === undefined) throw invalidFile(`Line ${index + 1} is no JSON.`);
    return [read.value];
  });
}

function parse(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

function readCsv(text: string): ImportTable {
  const plain = text.replace(/^\uFEFF/, '');
  const { data, errors } = Papa.parse<readonly string[]>(plain, { delimiter: findSeparator(plain) });
  const [error] = errors;
  if (error !== undefined) throw invalidFile(`Line ${(error.row ?? 0) + 1}: ${error.message}.`);
  const [head = [], ...rows] = data;
  const columns = head.map((name) => name.trim());
  const twice = columns.find((name, index) => name !== '' && columns.indexOf(name) !== index);
  if (twice !== undefined) throw invalidFile(`Two columns are called "${twice}".`);
  const lines = rows.flatMap((row, index) => {
    if (row.every((cell) => cell.trim() === '')) return [];
    if (row.length > columns.length)
      throw invalidFile(`Line ${index + 2} has ${row.length} cells, and the first line names ${columns.length}.`);
    const cells = row.flatMap((cell, at): [string, string][] => [[columns[at] ?? '', cell.trim()]]);
    return [{ line: index + 2, cells: new Map(cells.filter(([name, cell]) => name !== '' && cell !== '')) }];
  });
  return { columns: columns.filter((name) => name !== ''), lines };
}

/** The sign that most separates the names of the columns. */
function findSeparator(text: string): string {
  const [head = ''] = text.split(/\r?\n/, 1);
  const count = (sign: string) => head.replace(/"[^"]*"/g, '').split(sign).length;
  return [',', ';', '\t', '|'].reduce((best, sign) => (count(sign) > count(best) ? sign : best));
}

function invalidFile(message: string): CliError {
  return new CliError('refused', 'InvalidFile', `The file can't be imported. ${message}`);
}
