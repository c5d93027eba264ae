import { spec } from '../../credential/record/spec.ts';
import type { SpecAttribute } from '../../credential/record/spec-attribute.ts';
import { type SpecAttributeName, specAttributeNames } from '../../credential/record/spec-attribute-names.ts';
import { usageError } from '../command/cli-error.ts';
import type { AnyFlagValues, Flag, Flags } from '../command/flag.ts';

/** Attributes that people don't set by a flag: commands of their own write them, or the API does. */
export const attributesWithoutFlag = new Set<SpecAttributeName>([
  'status',
  'entity_type',
  'rotate_requested',
  'requested_by',
  'requested_from',
  'requested_at',
]);

/** Flags with shorter names than their attributes. */
const shortNames: Partial<Readonly<Record<SpecAttributeName, string>>> = {
  allowed_from_addresses: 'from',
  allowed_envelope_senders: 'envelopeSender',
  allowed_source_ips: 'sourceIp',
  allowed_recipients: 'recipient',
  labels: 'label',
};

/** One flag for each attribute that administrators write, from the spec itself. */
export const specFlags: Flags = Object.fromEntries(
  flaggedAttributes().map((name) => [flagOf(name), describe(name, spec[name])]),
);

export function flagOf(name: SpecAttributeName): string {
  return shortNames[name] ?? name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** Attributes whose value is a list, and so can be added to. */
export function listAttributes(): SpecAttributeName[] {
  return flaggedAttributes().filter((name) => isList(spec[name]));
}

/**
 * Attributes from flags. Those that weren't given are absent.
 *
 * @throws CliError `UsageError` for a label without value
 */
export function readSpecFlags(flags: AnyFlagValues): Readonly<Record<string, unknown>> {
  const attributes: Record<string, unknown> = {};
  for (const name of flaggedAttributes()) {
    const value = flags[flagOf(name)];
    if (value === undefined || (Array.isArray(value) && value.length === 0)) continue;
    attributes[name] = name === 'labels' ? readLabels(value as readonly string[]) : value;
  }
  return attributes;
}

function flaggedAttributes(): SpecAttributeName[] {
  return specAttributeNames.filter((name) => !attributesWithoutFlag.has(name));
}

function describe(name: SpecAttributeName, { description, types, limits }: SpecAttribute<unknown>): Flag {
  const summary = plain(description);
  if (name === 'labels') return { summary, value: 'NAME=VALUE', isRepeatable: true };
  if (types.includes('BOOL')) return { summary: sentence(summary.replace(/^true: /i, '')), isNegatable: true };
  if (types.includes('N')) return { summary, value: 'N', range: [limits.minimum ?? 0, limits.maximum ?? 1e15] };
  if (types.includes('L'))
    return { summary, value: name === 'allowed_source_ips' ? 'CIDR' : 'PATTERN', isRepeatable: true };
  return { summary, value: limits.pattern === undefined ? 'TEXT' : 'TIME' };
}

function isList({ types }: SpecAttribute<unknown>): boolean {
  return types.includes('L');
}

/** The words of docs/record.md without its markup, as the beginning of a sentence. */
function plain(description: string): string {
  const text = description
    .replace(/ ?\(\[[^\]]+\]\([^)]+\)\)/g, '')
    .replace(/; \[[^\]]+\]\([^)]+\)/g, '')
    .replace(/\[([^\]]+)\]\([^)]+\)/g, '$1')
    .replaceAll('`', '');
  return sentence(text);
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function readLabels(labels: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    labels.map((label) => {
      const at = label.indexOf('=');
      if (at < 1) throw usageError(`--label takes NAME=VALUE, not "${label}".`);
      return [label.slice(0, at), label.slice(at + 1)];
    }),
  );
}
