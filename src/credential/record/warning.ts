import type { Item } from '../credential-table.ts';

/** A problem that doesn't stop a credential from working. The record's attribute `warning` is a list of them. */
export interface Warning {
  /** For programs. `Warning` for one that version 0.1 wrote as plain text. */
  readonly code: string;
  /** For people: what is wrong, and what to do. */
  readonly text: string;
}

/** The code of a pattern that misses a verified address only by case. The sweep writes it, everything else a reconcile. */
export const PATTERN_CASE_DIFFERS = 'PatternCaseDiffers';

/** The attribute in which earlier versions kept the sweep's warning. It is only read, and removed by the next sweep. */
export const FORMER_IDENTITY_WARNING = 'identity_warning';

/** The warnings on a record. Whatever else stands in the attribute is skipped. */
export function readWarnings(item: Item): readonly Warning[] {
  const { warning, [FORMER_IDENTITY_WARNING]: former } = item;
  const listed = Array.isArray(warning) ? warning.flatMap(readEntry) : readText('Warning', warning);
  return [...listed, ...readText(PATTERN_CASE_DIFFERS, former)];
}

/** The value of the attribute `warning`; undefined if it must be removed. */
export function writeWarnings(warnings: readonly Warning[]): readonly Warning[] | undefined {
  return warnings.length === 0 ? undefined : warnings.map(({ code, text }) => ({ code, text }));
}

function readEntry(entry: unknown): readonly Warning[] {
  if (typeof entry !== 'object' || entry === null) return readText('Warning', entry);
  const { code, text } = entry as Readonly<Record<string, unknown>>;
  return readText(typeof code === 'string' ? code : 'Warning', text);
}

function readText(code: string, text: unknown): readonly Warning[] {
  return typeof text === 'string' && text !== '' ? [{ code, text }] : [];
}
