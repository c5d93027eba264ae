import { InvalidRecordError } from '../errors.ts';

/** One parsed entry: its normalised text, or its fault (value, reason and remedy, without the attribute's name). */
export type ParsedEntry = { readonly text: string } | { readonly fault: string };

/** The name and limits of a list attribute, for messages. */
export type ListRule = {
  readonly attribute: string;
  readonly code: string;
  readonly maxEntries: number;
  /** The remedy for an empty list, as a sentence. */
  readonly emptyRemedy: string;
  /** The remedy for a list that is too long, as a sentence. */
  readonly tooManyRemedy: string;
};

const MAX_FAULTS_LISTED = 3;

/**
 * Parses every entry of a list attribute. Reports all faults at once, so that an administrator has to edit the record
 * only once.
 *
 * @returns the normalised entries, without duplicates, in code unit order: the same set always gives the same policy
 * @throws InvalidRecordError with the rule's code
 */
export function parseList(
  values: readonly unknown[],
  rule: ListRule,
  parseEntry: (value: unknown) => ParsedEntry,
): readonly string[] {
  const refuse = (message: string) => new InvalidRecordError(rule.code, `${rule.attribute}: ${message}`);
  if (values.length === 0) throw refuse(`the list is empty. ${rule.emptyRemedy}`);
  if (values.length > rule.maxEntries) {
    throw refuse(`${values.length} entries, at most ${rule.maxEntries} are possible. ${rule.tooManyRemedy}`);
  }
  const texts = new Set<string>();
  const faults: string[] = [];
  for (const value of values) {
    const entry = parseEntry(value);
    if ('fault' in entry) faults.push(entry.fault);
    else texts.add(entry.text);
  }
  if (faults.length > 0) throw refuse(joinFaults(faults));
  return [...texts].sort();
}

function joinFaults(faults: readonly string[]): string {
  const listed = faults.slice(0, MAX_FAULTS_LISTED).join(' ');
  const unlisted = faults.length - MAX_FAULTS_LISTED;
  return unlisted > 0 ? `${listed} And ${unlisted} more.` : listed;
}
