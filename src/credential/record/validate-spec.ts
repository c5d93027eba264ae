import { quoteValue } from '../../values/quote-value.ts';
import type { Item } from '../credential-table.ts';
import { buildPolicy, type SendingScope } from './desired-state.ts';
import { findUsernameFaults, parseSpec, type Spec } from './spec.ts';
import { catchFault, type SpecFault } from './spec-attribute.ts';

/** What a person wants to write, before it is written. */
export interface SpecInput {
  /** The attributes of the record, as plain values. Lists may be arrays or sets. */
  readonly attributes: Item;
  readonly username?: string;
  /** If given, the size of the policy is checked as well. */
  readonly scope?: SendingScope;
  /** The name of the table's TTL attribute. */
  readonly expiryAttribute?: string;
  /** Epoch milliseconds. If given, a `valid_until` in the past is a warning. */
  readonly nowMs?: number;
}

export interface SpecVerdict {
  /** If there are any, the record would become `failed`. */
  readonly faults: readonly SpecFault[];
  /** Valid values that the writer probably didn't intend. */
  readonly warnings: readonly SpecFault[];
}

/** Returns all faults and warnings of what a person wants to write. Needs no record. */
export function validateSpec(input: SpecInput): SpecVerdict {
  const { attributes, username, scope } = input;
  const { spec, faults, warnings } = parseSpec(attributes);
  const named = username === undefined ? [] : findUsernameFaults(username);
  const all = [...named, ...faults];
  return {
    faults: all.length > 0 || scope === undefined ? all : findSizeFaults(spec, attributes, scope),
    warnings: [...warnings, ...findTtl(input), ...findPast(spec, input)],
  };
}

function findSizeFaults(spec: Spec, attributes: Item, scope: SendingScope): readonly SpecFault[] {
  const policy = catchFault('allowed_from_addresses', () => buildPolicy(spec, attributes, scope));
  return 'faults' in policy ? policy.faults : [];
}

function findTtl({ attributes, expiryAttribute }: SpecInput): readonly SpecFault[] {
  if (expiryAttribute === undefined || attributes[expiryAttribute] === undefined) return [];
  return [
    {
      attribute: expiryAttribute,
      code: 'DeletedByTtl',
      message:
        `${expiryAttribute}: is the table's TTL attribute. Some time after it DynamoDB deletes the record, and the credential goes with it. ` +
        'To switch the credential off at a time, and keep it, write valid_until.',
    },
  ];
}

function findPast({ valid_until: untilMs }: Spec, { attributes, nowMs }: SpecInput): readonly SpecFault[] {
  if (untilMs === undefined || nowMs === undefined || untilMs > nowMs) return [];
  return [
    {
      attribute: 'valid_until',
      code: 'ValidUntilPassed',
      message: `valid_until: ${quoteValue(attributes['valid_until'])} has passed, so the credential is switched off. Write a later time.`,
    },
  ];
}
