import type { Item } from '../credential/credential-table.ts';
import { SesameError } from '../credential/errors.ts';
import type { SendingScope } from '../credential/record/desired-state.ts';
import type { SpecFault } from '../credential/record/spec-attribute.ts';
import { specAttributeNames } from '../credential/record/spec-attribute-names.ts';
import { type SpecVerdict, validateSpec } from '../credential/record/validate-spec.ts';
import { quoteValue } from '../values/quote-value.ts';

/** The attributes are invalid, and nothing was written. */
export class InvalidAttributesError extends SesameError {
  /** All faults. */
  readonly faults: readonly SpecFault[];

  constructor(faults: readonly SpecFault[]) {
    super('InvalidAttributes', 'permanent', faults.map(({ message }) => message).join(' '));
    this.faults = faults;
  }
}

export interface CheckDeps {
  /** The scope of the policies, which affects their size. */
  readonly scope: SendingScope;
  readonly now: () => number;
}

/** Attributes that only the use cases write. */
const ownAttributes: readonly string[] = ['requested_by', 'requested_from', 'requested_at'];

/**
 * Returns all faults and warnings of a record's attributes before anything is written. Stricter than parsing a record:
 * an unknown attribute is a mistake of the calling program.
 *
 * @param input.given the attributes that the caller names
 * @param input.attributes all attributes that the record would have
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
  return { faults: [...shorten(findForeign(input.given)), ...faults.map(nameUsername)], warnings };
}

/** A record has the username in its sort key. Callers give it by its name. */
function nameUsername(fault: SpecFault): SpecFault {
  if (fault.attribute !== 'SK') return fault;
  const message = fault.message.replace(/^SK: the username/, 'username:').replace(/: in the table, .*$/, '.');
  return { ...fault, attribute: 'username', message };
}

/**
 * Like {@link checkAttributes}, but throws if there are faults.
 *
 * @returns the warnings
 * @throws InvalidAttributesError
 */
export function requireValid(input: Parameters<typeof checkAttributes>[0], deps: CheckDeps): readonly SpecFault[] {
  const { faults, warnings } = checkAttributes(input, deps);
  if (faults.length > 0) throw new InvalidAttributesError(faults);
  return warnings;
}

/** A body has room for 10,000 unknown names, and the answer must not be larger than that. */
const maxForeign = 50;
const maxNameLength = 100;

function shorten(faults: readonly SpecFault[]): SpecFault[] {
  const more = faults.length - maxForeign;
  const rest = { attribute: '', code: 'UnknownAttribute', message: `There are ${more} more such attributes.` };
  return more > 0 ? [...faults.slice(0, maxForeign), rest] : [...faults];
}

function findForeign(given: Item): SpecFault[] {
  const names: readonly string[] = specAttributeNames;
  return Object.entries(given).flatMap(([attribute, value]) => {
    if (ownAttributes.includes(attribute)) {
      return [{ attribute, code: 'WrittenBySesame', message: `${attribute}: is written by Sesame. Leave it out.` }];
    }
    if (!names.includes(attribute)) {
      const name = attribute.length > maxNameLength ? `${attribute.slice(0, maxNameLength)}…` : attribute;
      const message = `${name}: is no attribute that administrators write. Leave it out; docs/record.md lists them all.`;
      return [{ attribute: name, code: 'UnknownAttribute', message }];
    }
    if (attribute === 'status' && value !== null && value !== 'pending' && value !== 'disabled') {
      const message = `status: ${quoteValue(value)} can't be asked for. Write "pending" or "disabled".`;
      return [{ attribute, code: 'InvalidStatus', message }];
    }
    return [];
  });
}
