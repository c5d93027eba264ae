import { spec } from '../../credential/record/spec.ts';
import { type SpecAttributeName, specAttributeNames } from '../../credential/record/spec-attribute-names.ts';
import { usageError } from '../command/cli-error.ts';
import type { ImportLine, ImportTable } from './import-table.ts';
import { attributesWithoutFlag, flagOf } from './spec-flags.ts';

/** What a line asks for. */
export interface WantedCredential {
  readonly line: number;
  readonly username: string;
  /** By the record's attribute names. */
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** Where each attribute comes from: a column, or a text with `{Column}` in it. */
export interface ImportMapping {
  readonly columns: ReadonlyMap<string, string>;
  readonly texts: ReadonlyMap<string, string>;
  /** Columns of the file that nothing uses. */
  readonly unused: readonly string[];
  /** Makes usernames of any text. */
  readonly isSlugged: boolean;
}

const attributes = specAttributeNames.filter((name) => !attributesWithoutFlag.has(name));
const targets: readonly string[] = ['username', ...attributes];

/**
 * Finds the columns of the attributes: those that `--map` names, and those that are called like an attribute or its flag.
 *
 * @param maps `ATTRIBUTE=COLUMN`
 * @param sets `ATTRIBUTE=TEXT`
 * @throws CliError `UsageError`
 */
export function readMapping(
  table: Pick<ImportTable, 'columns'>,
  {
    maps,
    sets,
    isSlugged,
  }: { readonly maps: readonly string[]; readonly sets: readonly string[]; readonly isSlugged: boolean },
): ImportMapping {
  const texts = new Map(sets.map((text) => readPair('--set', text)));
  const columns = new Map<string, string>();
  for (const column of table.columns) {
    const name = targetOf(column);
    if (name !== undefined && !texts.has(name) && !columns.has(name)) columns.set(name, column);
  }
  for (const [name, column] of maps.map((text) => readPair('--map', text))) {
    const found = table.columns.find((each) => each === column) ?? findWithoutCase(table.columns, column);
    if (found === undefined)
      throw usageError(
        `The file has no column "${column}". It has: ${table.columns.map((each) => `"${each}"`).join(', ')}.`,
      );
    columns.set(name, found);
    texts.delete(name);
  }
  for (const name of ['username', 'allowed_from_addresses']) {
    if (!columns.has(name) && !texts.has(name))
      throw usageError(`No column of the file is the ${name}. Name one: --map ${name}=COLUMN, or --set ${name}=TEXT.`);
  }
  const used = new Set([...columns.values(), ...[...texts.values()].flatMap(namesIn)]);
  return { columns, texts, unused: table.columns.filter((column) => !used.has(column)), isSlugged };
}

/** Reads what a line asks for. Values that make no sense stay as they are, so that the API finds the fault. */
export function toWanted({ line, cells }: ImportLine, mapping: ImportMapping): WantedCredential {
  const values = new Map<string, unknown>();
  for (const [name, column] of mapping.columns) values.set(name, cells.get(column));
  for (const [name, text] of mapping.texts) values.set(name, fill(text, cells));
  const username = String(values.get('username') ?? '');
  const given = attributes.flatMap((name): [string, unknown][] => {
    const value = readValue(name, values.get(name));
    return value === undefined || value === '' ? [] : [[name, value]];
  });
  // Only that it is off is worth taking over: everything else that a system wrote belongs to its own record.
  if (cells.get('status') === 'disabled') given.push(['status', 'disabled']);
  return { line, username: mapping.isSlugged ? toSlug(username) : username, attributes: Object.fromEntries(given) };
}

function readPair(flag: string, text: string): [string, string] {
  const at = text.indexOf('=');
  const name = targetOf(text.slice(0, at));
  if (at < 1 || name === undefined)
    throw usageError(
      `${flag} takes ATTRIBUTE=${flag === '--map' ? 'COLUMN' : 'TEXT'}, not "${text}". Attributes: ${targets.join(', ')}.`,
    );
  return [name, text.slice(at + 1).trim()];
}

/** `From`, `allowed from addresses` and `allowed_from_addresses` are all the same column. */
function targetOf(column: string): string | undefined {
  const plain = plainName(column);
  if (['username', 'name', 'user'].includes(plain)) return 'username';
  return attributes.find((name) => plain === plainName(name) || plain === plainName(flagOf(name)));
}

function plainName(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}

function findWithoutCase(columns: readonly string[], column: string): string | undefined {
  const found = columns.filter((each) => each.toLowerCase() === column.toLowerCase());
  return found.length === 1 ? found[0] : undefined;
}

function namesIn(text: string): string[] {
  return [...text.matchAll(/\{([^{}]+)\}/g)].map(([, name = '']) => name);
}

function fill(text: string, cells: ImportLine['cells']): string {
  return text.replace(/\{([^{}]+)\}/g, (_, name: string) => String(cells.get(name) ?? ''));
}

/** A value of JSON stays as it is; a text becomes what the attribute takes. */
function readValue(name: SpecAttributeName, value: unknown): unknown {
  if (typeof value !== 'string') return value;
  const { types }: { readonly types: readonly string[] } = spec[name];
  if (name === 'labels') return readLabels(value);
  if (types.includes('L')) return value.split(/[;,\s]+/).filter((part) => part !== '');
  if (types.includes('N')) return /^\d{1,15}$/.test(value) ? Number(value) : value;
  if (types.includes('BOOL')) return readFlag(value);
  return value;
}

function readFlag(text: string): unknown {
  if (/^(true|yes|1)$/i.test(text)) return true;
  return /^(false|no|0)$/i.test(text) ? false : text;
}

/** `env=prod; team=a`, or a JSON object. */
function readLabels(text: string): unknown {
  if (text.startsWith('{')) {
    try {
      return JSON.parse(text);
    } catch {
      return text;
    }
  }
  const pairs = text.split(/[;,]/).map((part) => part.split('='));
  if (!pairs.every((pair) => pair.length === 2)) return text;
  return Object.fromEntries(pairs.map(([name = '', value = '']) => [name.trim(), value.trim()]));
}

/** `Étage 2 / Drucker` becomes `Etage-2-Drucker`. */
function toSlug(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^A-Za-z0-9+=.@_-]+/g, '-')
    .replace(/^-+|-+$/g, '');
}
