import { quoteCharacter, quoteValue } from '../../values/quote-value.ts';
import type { Item } from '../credential-table.ts';
import { InvalidRecordError } from '../errors.ts';
import { parseTime, TIME_PATTERNS } from './parse-time.ts';

/** A fault of an attribute. The message names the attribute, the value and the remedy. */
export interface SpecFault {
  readonly attribute: string;
  readonly code: string;
  readonly message: string;
}

/** The parsed value of an attribute, or its faults. */
export type Parsed<T> = { readonly value: T } | { readonly faults: readonly SpecFault[] };

/** The limits of a value, for documents and schemas. The parse function enforces them. */
export interface SpecLimits {
  readonly values?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxEntries?: number;
  /** Of a text, or of each text in a list or map. */
  readonly maxLength?: number;
  /** A regular expression that matches every valid text, or every entry of a valid list. */
  readonly pattern?: string;
  /** The same for the keys of a map. */
  readonly keyPattern?: string;
  readonly maxKeyLength?: number;
}

/** DynamoDB's names of types. */
export type DynamoDbType = 'S' | 'N' | 'BOOL' | 'L' | 'SS' | 'M';

/** The type of an attribute, and how to parse it. `parse` is only called for values that exist. */
export interface SpecKind<T> {
  readonly types: readonly DynamoDbType[];
  readonly limits: SpecLimits;
  /** The codes of its possible faults. */
  readonly codes: readonly string[];
  readonly parse: (attribute: string, value: unknown) => Parsed<T>;
}

/**
 * What a change of the attribute requires: a reconcile (`reconcile`), a reconcile unless the credential should be off
 * (`check`), or nothing.
 */
export type SpecEffect = 'reconcile' | 'check' | 'none';

/** An attribute that administrators write. */
export interface SpecAttribute<T> extends SpecKind<T> {
  /** What to do if it is missing, as a sentence. Without it the attribute is optional. */
  readonly required?: string;
  /** The default, in words. */
  readonly default?: string;
  /** One line, for people. */
  readonly description: string;
  readonly effect: SpecEffect;
  /** An invalid value is only a warning, because the credential can work with it. */
  readonly isSoft?: true;
}

/** The value of one attribute of a record; undefined if it is missing or invalid. */
export function readAttribute<T>(item: Item, name: string, attribute: SpecKind<T>): T | undefined {
  const value = item[name];
  const parsed = value === undefined ? undefined : attribute.parse(name, value);
  return parsed !== undefined && 'value' in parsed ? parsed.value : undefined;
}

function fault(attribute: string, code: string, text: string): { readonly faults: readonly SpecFault[] } {
  return { faults: [{ attribute, code, message: `${attribute}: ${text}` }] };
}

const correctIt = 'Correct it, or remove it.';

/** One of a few words. */
export function oneOf<T extends string>(code: string, values: readonly T[], remedy: string): SpecKind<T> {
  return {
    types: ['S'],
    limits: { values },
    codes: [code],
    parse: (attribute, value) => {
      const found = values.find((each) => each === value);
      return found === undefined ? fault(attribute, code, `${quoteValue(value)} ${remedy}`) : { value: found };
    },
  };
}

export function flag(code: string): SpecKind<boolean> {
  return {
    types: ['BOOL'],
    limits: {},
    codes: [code],
    parse: (attribute, value) =>
      typeof value === 'boolean'
        ? { value }
        : fault(attribute, code, `${quoteValue(value)} is not true or false (BOOL). ${correctIt}`),
  };
}

/** A whole number, at least 1. */
export function wholeNumber(code: string, unit: string, maximum?: number): SpecKind<number> {
  const most = maximum ?? Number.MAX_SAFE_INTEGER;
  const range = maximum === undefined ? 'above 0' : `from 1 to ${maximum}`;
  return {
    types: ['N'],
    limits: { minimum: 1, maximum: most },
    codes: [code],
    parse: (attribute, value) =>
      typeof value === 'number' && Number.isSafeInteger(value) && value >= 1 && value <= most
        ? { value }
        : fault(attribute, code, `${quoteValue(value)} is not a whole number (N) of ${unit} ${range}. ${correctIt}`),
  };
}

/** Free text. Without `maxLength` its length is not limited. */
export function words(code: string, maxLength?: number): SpecKind<string> {
  return {
    types: ['S'],
    limits: maxLength === undefined ? {} : { maxLength },
    codes: [code],
    parse: (attribute, value) => {
      if (typeof value !== 'string')
        return fault(attribute, code, `${quoteValue(value)} is not text (S). ${correctIt}`);
      if (maxLength === undefined) return { value };
      const textFault = findTextFault(value, maxLength);
      return textFault === undefined
        ? { value }
        : fault(attribute, code, `${quoteValue(value)} ${textFault} ${correctIt}`);
    },
  };
}

/** Why a text can't be used in an event, a log line or a table; undefined if it can. */
function findTextFault(text: string, maxLength: number): string | undefined {
  if (text.trim() === '') return 'is empty.';
  if (text.length > maxLength) return `has ${text.length} characters, at most ${maxLength} are possible.`;
  const invisible = /[\p{C}\p{Zl}\p{Zp}]/u.exec(text)?.[0];
  return invisible === undefined ? undefined : `holds the invisible character ${quoteCharacter(invisible)}.`;
}

/** A time, parsed to epoch milliseconds. A date alone means the end of that day in UTC. */
export function time(code: string, form: keyof typeof TIME_PATTERNS): SpecKind<number> {
  const example = form === 'date-time' ? '"2027-03-31T18:00:00Z"' : '"2027-03-31" or "2027-03-31T18:00:00Z"';
  return {
    types: ['S'],
    limits: { pattern: TIME_PATTERNS[form] },
    codes: [code],
    parse: (attribute, value) => {
      const ms = parseTime(value, form);
      return ms === undefined
        ? fault(
            attribute,
            code,
            `${quoteValue(value)} is not a time with its zone in ISO 8601, such as ${example}. ${correctIt}`,
          )
        : { value: ms };
    },
  };
}

/** A map of short texts. */
export function textMap(
  code: string,
  limits: Required<Pick<SpecLimits, 'maxEntries' | 'maxLength' | 'maxKeyLength' | 'keyPattern'>>,
  keyForm: string,
): SpecKind<Readonly<Record<string, string>>> {
  const { maxEntries, maxLength, maxKeyLength, keyPattern } = limits;
  const key = new RegExp(keyPattern, 'u');
  const findFault = (name: string, value: unknown): string | undefined => {
    if (name.length > maxKeyLength || !key.test(name)) return `the name ${quoteValue(name)} is not ${keyForm}.`;
    if (typeof value !== 'string') return `${quoteValue(name)} is ${quoteValue(value)}, which is not text (S).`;
    const textFault = value === '' ? undefined : findTextFault(value, maxLength);
    return textFault === undefined ? undefined : `the value ${quoteValue(value)} of ${quoteValue(name)} ${textFault}`;
  };
  return {
    types: ['M'],
    limits,
    codes: [code],
    parse: (attribute, value) => {
      if (typeof value !== 'object' || value === null || !isPlainMap(value)) {
        return fault(attribute, code, `${quoteValue(value)} is not a map (M) of texts (S). ${correctIt}`);
      }
      const entries = Object.entries(value);
      if (entries.length > maxEntries) {
        return fault(attribute, code, `${entries.length} entries, at most ${maxEntries} are possible. ${correctIt}`);
      }
      const faults = entries.flatMap(([name, text]) => findFault(name, text) ?? []);
      if (faults.length > 0)
        return { faults: faults.slice(0, 3).flatMap((text) => fault(attribute, code, `${text} ${correctIt}`).faults) };
      return { value: value as Readonly<Record<string, string>> };
    },
  };
}

/**
 * Whether a value is a DynamoDB map, not another type that is an object in JavaScript: a list, a set, a binary value, a
 * long number.
 */
function isPlainMap(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** A list (L) or string set (SS) of texts, parsed by `read`. */
export function listOf(input: {
  /** The code if the value isn't a list. */
  readonly code: string;
  /** The code if an entry is invalid. */
  readonly entryCode: string;
  readonly limits: SpecLimits;
  readonly example?: string;
  /** @throws InvalidRecordError */
  readonly read: (values: readonly unknown[]) => readonly string[];
}): SpecKind<readonly string[]> {
  const { code, entryCode, limits, example = '*@example.com', read } = input;
  return {
    types: ['L', 'SS'],
    limits,
    codes: [code, entryCode],
    parse: (attribute, value) => {
      const values = Array.isArray(value) ? value : value instanceof Set ? [...value] : undefined;
      return values === undefined
        ? fault(
            attribute,
            code,
            `${quoteValue(value)} is not a list. Write a list (L) or a string set (SS), for example ["${example}"].`,
          )
        : catchFault(attribute, () => read(values));
    },
  };
}

/** Returns the result of a function, or the fault that it throws. */
export function catchFault<T>(attribute: string, read: () => T): Parsed<T> {
  try {
    return { value: read() };
  } catch (error) {
    if (!(error instanceof InvalidRecordError)) throw error;
    return { faults: [{ attribute, code: error.code, message: error.message }] };
  }
}
