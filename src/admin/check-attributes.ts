import type { Item } from '../credential/credential-table.ts';
import { SesameError } from '../credential/errors.ts';
import type { SendingScope } from '../credential/record/desired-state.ts';
import type { SpecFault } from '../credential/record/spec-attribute.ts';
import { specAttributeNames } from '../credential/record/spec-attribute-names.ts';
import { type SpecVerdict, validateSpec } from '../credential/record/validate-spec.ts';
import { quoteValue } from '../values/quote-value.ts';

/** What was to be written is wrong. Nothing was written. */
export class InvalidAttributesError extends SesameError {
  /** Every one. */
  readonly faults: readonly SpecFault[];

  constructor(faults: readonly SpecFault[]) {
    super('InvalidAttributes', 'permanent', faults.map(({ message }) => message).join(' '));
    this.faults = faults;
  }
}

export interface CheckDeps {
  /** Where policies point to: their size depends on it. */
  readonly scope: SendingScope;
  readonly now: () => number;
}

/** Written by the use cases themselves. */
const ownAttributes: readonly string[] = ['requested_by', 'requested_at'];

/**
 * Says all that is wrong with a record's attributes, and what is to be known about them, before anything is written. Stricter than the
 * reading of a record: a program that names an attribute nobody knows has made a mistake.
 *
 * @param input.given what the caller names itself
 * @param input.attributes what would stand on the record then
 */
export function checkAttributes(
  input: { readonly username: string; readonly given: Item; readonly attributes: Item },
  { scope, now }: CheckDeps,
): SpecVerdict {
  const { faults, warnings } = validateSpec({
    username: input.username,
    attributes: input.attributes,
    scope,
    nowMs: now(),
  });
  return { faults: [...findForeign(input.given), ...faults], warnings };
}

/**
 * The same, for what is to be written next.
 *
 * @returns the warnings
 * @throws InvalidAttributesError
 */
export function requireValid(input: Parameters<typeof checkAttributes>[0], deps: CheckDeps): readonly SpecFault[] {
  const { faults, warnings } = checkAttributes(input, deps);
  if (faults.length > 0) throw new InvalidAttributesError(faults);
  return warnings;
}

function findForeign(given: Item): SpecFault[] {
  const names: readonly string[] = specAttributeNames;
  return Object.entries(given).flatMap(([attribute, value]) => {
    if (ownAttributes.includes(attribute)) {
      return [{ attribute, code: 'WrittenBySesame', message: `${attribute}: is written by Sesame. Leave it out.` }];
    }
    if (!names.includes(attribute)) {
      const message = `${attribute}: is no attribute that administrators write. Leave it out; the README lists them all.`;
      return [{ attribute, code: 'UnknownAttribute', message }];
    }
    if (attribute === 'status' && value !== null && value !== 'pending' && value !== 'disabled') {
      const message = `status: ${quoteValue(value)} can't be asked for. Write "pending" or "disabled".`;
      return [{ attribute, code: 'InvalidStatus', message }];
    }
    return [];
  });
}
