import type { Item } from '../credential-table.ts';
import { validateUsername } from '../iam/iam-user-name.ts';
import {
  MAX_PATTERN_LENGTH,
  MAX_PATTERNS,
  type PatternAttribute,
  parseAddressPatterns,
} from '../patterns/address-pattern.ts';
import { findPrivateSourceIps, MAX_SOURCE_IPS, parseSourceIps } from '../patterns/source-ip.ts';
import { attribution } from './attribution.ts';
import { quotas } from './quotas.ts';
import { CREDENTIAL_ENTITY_TYPE, CREDENTIAL_STATUSES } from './record.ts';
import {
  catchFault,
  flag,
  listOf,
  oneOf,
  type Parsed,
  type SpecAttribute,
  type SpecFault,
  type SpecKind,
  time,
  wholeNumber,
  words,
} from './spec-attribute.ts';
import { type SpecAttributeName, specAttributeNames } from './spec-attribute-names.ts';

const statusRemedy = 'Set it to "pending" (create, retry, enable) or "disabled".';
const addressPattern = '^[^@"?\\s]+@(\\*\\.)?[^@"?*\\s]+$';

/**
 * All attributes that administrators write, defined only here. The validation, the effect of changes, the table
 * of `docs/record.md`, `docs/record.schema.json`, and the permissions of the administrators' roles are all derived from it.
 */
export const spec = {
  status: {
    ...oneOf('InvalidStatus', CREDENTIAL_STATUSES, `is not a status. ${statusRemedy}`),
    required: statusRemedy,
    description: '`pending` or `disabled`; Sesame also writes `active` and `failed`, see below',
    effect: 'reconcile',
  },
  entity_type: {
    ...oneOf(
      'InvalidEntityType',
      [CREDENTIAL_ENTITY_TYPE],
      `is not "${CREDENTIAL_ENTITY_TYPE}". Correct it, or move the item away from the partition key SMTP_USER.`,
    ),
    description: '`smtp_credential`',
    effect: 'reconcile',
  },
  rotate_after_days: {
    ...wholeNumber('InvalidRotateAfterDays', 'days', 3650),
    default: 'never',
    description: 'a new password every so many days',
    effect: 'reconcile',
  },
  rotate_requested: {
    ...flag('InvalidRotateRequested'),
    description: '`true`: a new password now; Sesame removes it when that is done',
    effect: 'reconcile',
  },
  retire_by: {
    ...time('InvalidRetireBy', 'date or date-time'),
    default: 'when nobody uses it any more',
    description:
      'when the old key of the current rotation stops working at the latest, even if somebody still uses it ([rotation](docs/lifecycle.md#rotation))',
    effect: 'reconcile',
  },
  quota_per_hour: quotas.quota_per_hour,
  quota_per_day: quotas.quota_per_day,
  allowed_from_addresses: {
    ...patternsOf('allowed_from_addresses', 'InvalidAllowedFromAddresses'),
    required: 'Add a list of addresses or patterns, for example ["*@example.com"].',
    description:
      'the senders that it may use: `local@domain`, `*@domain`, `prefix*@domain`, `*@*.domain`; [compared with upper and lower case](docs/lifecycle.md#address-patterns)',
    effect: 'reconcile',
  },
  allowed_envelope_senders: {
    ...patternsOf('allowed_envelope_senders', 'InvalidAllowedEnvelopeSenders'),
    default: 'any; one that is no allowed sender is a notice',
    description:
      'the envelope senders (Return-Path) that it may use, as the same patterns: for programs that write one for each recipient ([envelope senders](docs/lifecycle.md#envelope-senders))',
    effect: 'reconcile',
  },
  allowed_source_ips: {
    ...listOf({
      code: 'InvalidAllowedSourceIps',
      entryCode: 'InvalidSourceIp',
      limits: { maxEntries: MAX_SOURCE_IPS, maxLength: 49, pattern: '^[0-9A-Fa-f:.]+(/[0-9]{1,3})?$' },
      example: '203.0.113.0/24',
      read: parseSourceIps,
    }),
    default: 'everywhere',
    description: 'the public IP addresses or networks that it may be used from',
    effect: 'reconcile',
  },
  allowed_recipients: {
    ...patternsOf('allowed_recipients', 'InvalidAllowedRecipients'),
    default: 'everybody',
    description: 'the recipients that it may send to, as the same patterns',
    effect: 'reconcile',
  },
  sandbox: {
    ...flag('InvalidSandbox'),
    default: '`false`',
    description:
      "`true`: it can send only to SES's mailbox simulator, whatever `allowed_recipients` says ([sandbox](docs/lifecycle.md#sandbox))",
    effect: 'reconcile',
  },
  reveal_limit: {
    ...wholeNumber('InvalidRevealLimit', 'times', 1000),
    default: 'any number',
    description:
      'how often the password of one key may be read through the API ([reveals](docs/api.md#reveal)); Sesame counts them in `reveals`',
    effect: 'none',
  },
  valid_until: {
    ...time('InvalidValidUntil', 'date or date-time'),
    default: 'no end',
    description:
      'when the credential expires: a date (until the end of that day, UTC) or a time with its zone, in ISO 8601',
    effect: 'reconcile',
  },
  owner: attribution.owner,
  labels: attribution.labels,
  description: { ...words('InvalidDescription'), isSoft: true, description: 'a text of your own', effect: 'none' },
  requested_by: attribution.requested_by,
  requested_from: attribution.requested_from,
  requested_at: {
    ...time('InvalidRequestedAt', 'date-time'),
    isSoft: true,
    description: 'when that was, in ISO 8601',
    effect: 'none',
  },
} as const satisfies Readonly<Record<SpecAttributeName, SpecAttribute<unknown>>>;

/** A list of address patterns. */
function patternsOf(attribute: PatternAttribute, code: string): SpecKind<readonly string[]> {
  return listOf({
    code,
    entryCode: 'InvalidAddressPattern',
    limits: { maxEntries: MAX_PATTERNS, maxLength: MAX_PATTERN_LENGTH, pattern: addressPattern },
    read: (values) => parseAddressPatterns(values, attribute),
  });
}

type ValueOf<Attribute> = Attribute extends { parse: (name: string, value: unknown) => Parsed<infer T> } ? T : never;

/** A parsed spec. Missing and invalid attributes are undefined. */
export type Spec = { readonly [Name in SpecAttributeName]: ValueOf<(typeof spec)[Name]> | undefined };

export interface ParsedSpec {
  readonly spec: Spec;
  /** All faults, in the order of the table. If there are any, the spec can't be fulfilled. */
  readonly faults: readonly SpecFault[];
  /** Warnings about a spec that can be fulfilled. */
  readonly warnings: readonly SpecFault[];
}

/** Parses all attributes that an administrator wrote. */
export function parseSpec(item: Item): ParsedSpec {
  const values: Partial<Record<SpecAttributeName, unknown>> = {};
  const faults: SpecFault[] = [];
  const warnings: SpecFault[] = [];
  for (const name of specAttributeNames) {
    const attribute: SpecAttribute<unknown> = spec[name];
    const parsed = parseAttribute(name, attribute, item[name]);
    if ('value' in parsed) values[name] = parsed.value;
    else (attribute.isSoft === true ? warnings : faults).push(...parsed.faults);
  }
  const read = values as Spec;
  const mistakes = findLikelyMistakes(read);
  return { spec: read, faults: [...faults, ...mistakes.faults], warnings: [...warnings, ...mistakes.warnings] };
}

/** The value of one attribute of a record; undefined if it is missing or invalid. */
export function readSpecAttribute<Name extends SpecAttributeName>(item: Item, name: Name): Spec[Name] {
  const parsed = parseAttribute(name, spec[name], item[name]);
  return 'value' in parsed ? (parsed.value as Spec[Name]) : undefined;
}

function parseAttribute(name: string, attribute: SpecAttribute<unknown>, value: unknown): Parsed<unknown> {
  if (value !== undefined) return attribute.parse(name, value);
  if (attribute.required === undefined) return { value: undefined };
  const [code = ''] = attribute.codes;
  return { faults: [{ attribute: name, code, message: `${name}: is missing. ${attribute.required}` }] };
}

/** The faults of the username in a record's key. */
export function findUsernameFaults(username: string): readonly SpecFault[] {
  const parsed = catchFault('SK', () => validateUsername(username));
  return 'faults' in parsed ? parsed.faults : [];
}

/** Valid values that make no sense: faults if no mail could be sent, warnings if some entries have no effect. */
function findLikelyMistakes({ allowed_source_ips, allowed_recipients, sandbox }: Spec): {
  readonly faults: readonly SpecFault[];
  readonly warnings: readonly SpecFault[];
} {
  const faults: SpecFault[] = [];
  const warnings: SpecFault[] = [];
  const privates = findPrivateSourceIps(allowed_source_ips ?? []);
  if (privates.length > 0) {
    const isAll = privates.length === allowed_source_ips?.length;
    const more = privates.length > 5 ? ` and ${privates.length - 5} more` : '';
    const message =
      `allowed_source_ips: SES never sees a client at ${privates.slice(0, 5).join(', ')}${more}, which is a private network: ` +
      `it sees the public address of its gateway. ${isAll ? 'So no mail could be sent. ' : ''}Name that one.`;
    (isAll ? faults : warnings).push({ attribute: 'allowed_source_ips', code: 'PrivateSourceIp', message });
  }
  if (sandbox === true && allowed_recipients !== undefined) {
    const message =
      "allowed_recipients: is set aside while sandbox is true: only SES's mailbox simulator is reached. Remove sandbox to let it count.";
    warnings.push({ attribute: 'allowed_recipients', code: 'RecipientsSetAside', message });
  }
  return { faults, warnings };
}
