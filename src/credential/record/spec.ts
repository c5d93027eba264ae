import { quoteValue } from '../../values/quote-value.ts';
import type { Item } from '../credential-table.ts';
import { InvalidRecordError, SesameError } from '../errors.ts';
import { validateUsername } from '../iam/iam-user-name.ts';
import { buildSendingPolicy, parseRecipientPatterns } from '../iam/sending-policy.ts';
import { parseAddressPatterns } from '../patterns/address-pattern.ts';
import { findPrivateSourceIps, parseSourceIps } from '../patterns/source-ip.ts';
import { CREDENTIAL_ENTITY_TYPE, type CredentialRecord } from './record.ts';

/** Where policies point to: this account's identities in this region, and our configuration set when there is one. */
export interface SendingScope {
  readonly partition: string;
  readonly region: string;
  readonly accountId: string;
  readonly configurationSet?: string;
}

/** What an administrator asks for, checked and ready to be made true. */
export interface DesiredState {
  readonly patterns: readonly string[];
  readonly policy: { readonly document: string; readonly form: 'inline' | 'managed' };
  /** What to know about it although it can be made true. */
  readonly notice?: string;
  /** Names the policy's form and content; stored on the record as `policy_digest`. */
  readonly policyDigest: string;
}

const statusRemedy = 'Set it to "pending" (create, retry, enable) or "disabled".';

/**
 * Reads strictly what the administrator wrote.
 *
 * @param leftOut patterns that the policy doesn't hold, though the record names them
 * @throws InvalidRecordError that names every fault: attribute, value (shortened), remedy.
 */
export function readDesiredState(
  record: CredentialRecord,
  scope: SendingScope,
  leftOut: ReadonlySet<string> = new Set(),
): DesiredState {
  const faults: InvalidRecordError[] = [];
  const read = <T>(part: () => T): T | undefined => {
    try {
      return part();
    } catch (error) {
      if (!(error instanceof InvalidRecordError)) throw error;
      faults.push(error);
      return undefined;
    }
  };
  const { item } = record;
  read(() => validateUsername(record.username));
  read(() => checkStatus(record));
  read(() => checkEntityType(item['entity_type']));
  read(() => checkNumber('rotate_after_days', item['rotate_after_days'], 'days', 3650));
  read(() => checkRotateRequested(item['rotate_requested']));
  read(() => checkNumber('quota_per_hour', item['quota_per_hour'], 'recipients'));
  read(() => checkNumber('quota_per_day', item['quota_per_day'], 'recipients'));
  const patterns = read(() => parseAddressPatterns(asList('allowed_from_addresses', item['allowed_from_addresses'])));
  const sourceIps = read(() =>
    optional('allowed_source_ips', item['allowed_source_ips'], parseSourceIps, '203.0.113.0/24'),
  );
  const recipients = read(() => optional('allowed_recipients', item['allowed_recipients'], parseRecipientPatterns));
  const [first] = faults;
  if (first !== undefined) {
    const messages = faults.map(({ message }) => (message.endsWith('.') ? message : `${message}.`));
    throw faults.length === 1 ? first : new InvalidRecordError(first.code, messages.join(' '));
  }
  if (patterns === undefined)
    throw new SesameError('PatternsMissing', 'permanent', 'No patterns were read. Report it as a fault of Sesame.');
  const policy = buildSendingPolicy({
    ...scope,
    patterns: patterns.filter((pattern) => !leftOut.has(pattern)),
    ...given({ sourceIps, recipients }),
  });
  // Once a policy had to become a managed one it stays so until it changes: no run tries in vain what the one before gave up.
  const isManaged = [record.policyDigest, record.narrowedFrom].includes(`managed:${policy.digest}`);
  const form = isManaged ? 'managed' : policy.form;
  const privates = findPrivateSourceIps(sourceIps ?? []);
  return {
    patterns,
    policy: { document: policy.document, form },
    policyDigest: `${form}:${policy.digest}`,
    ...(privates.length === 0 ? {} : { notice: describePrivate(privates) }),
  };
}

function describePrivate(sourceIps: readonly string[]): string {
  const more = sourceIps.length > 5 ? ` and ${sourceIps.length - 5} more` : '';
  return (
    `allowed_source_ips: SES never sees a client at ${sourceIps.slice(0, 5).join(', ')}${more}, which is a private network: ` +
    'it sees the public address of its gateway. Name that one.'
  );
}

/** Without what the record doesn't say. */
function given(limits: {
  readonly sourceIps: ReturnType<typeof parseSourceIps> | undefined;
  readonly recipients: ReturnType<typeof parseRecipientPatterns> | undefined;
}) {
  const { sourceIps, recipients } = limits;
  return { ...(sourceIps === undefined ? {} : { sourceIps }), ...(recipients === undefined ? {} : { recipients }) };
}

/**
 * The digest, without the form, of the policy that a record's patterns, networks and recipients ask for, whatever else is wrong with the record. Undefined
 * when they can't be read themselves.
 */
export function readWishedDigest(item: Item, scope: SendingScope): string | undefined {
  try {
    const patterns = parseAddressPatterns(asList('allowed_from_addresses', item['allowed_from_addresses']));
    const sourceIps = optional('allowed_source_ips', item['allowed_source_ips'], parseSourceIps);
    const recipients = optional('allowed_recipients', item['allowed_recipients'], parseRecipientPatterns);
    return buildSendingPolicy({ ...scope, patterns, ...given({ sourceIps, recipients }) }).digest;
  } catch (error) {
    if (error instanceof InvalidRecordError) return undefined;
    throw error;
  }
}

/** A stored digest without the policy's form: the same wishes may stand in IAM inline or as a managed policy. */
export function contentOfDigest(digest: string | undefined): string | undefined {
  return digest?.slice(digest.indexOf(':') + 1);
}

/** The form of the policy that a stored digest speaks of. */
export function policyFormOfDigest(digest: string | undefined): 'inline' | 'managed' | undefined {
  if (digest?.startsWith('managed:')) return 'managed';
  return digest?.startsWith('inline:') ? 'inline' : undefined;
}

/** The digest of the same policy in the form that IAM took it in; undefined: in its own. */
export function digestOfForm(digest: string, form: 'inline' | 'managed' | undefined): string {
  return form === undefined ? digest : `${form}:${digest.slice(digest.indexOf(':') + 1)}`;
}

function checkStatus(record: CredentialRecord): void {
  if (record.status !== undefined) return;
  throw new InvalidRecordError(
    'InvalidStatus',
    record.rawStatus === undefined
      ? `status: is missing. ${statusRemedy}`
      : `status: ${quoteValue(record.rawStatus)} is not a status. ${statusRemedy}`,
  );
}

function checkEntityType(value: unknown): void {
  if (value === undefined || value === CREDENTIAL_ENTITY_TYPE) return;
  throw new InvalidRecordError(
    'InvalidEntityType',
    `entity_type: ${quoteValue(value)} is not "${CREDENTIAL_ENTITY_TYPE}". Correct it, or move the item away from the partition key SMTP_USER.`,
  );
}

function checkRotateRequested(value: unknown): void {
  if (value === undefined || typeof value === 'boolean') return;
  throw new InvalidRecordError(
    'InvalidRotateRequested',
    `rotate_requested: ${quoteValue(value)} is not true or false (BOOL). Correct it, or remove it.`,
  );
}

/** An optional whole number from 1 on. */
function checkNumber(attribute: string, value: unknown, unit: string, most = Number.MAX_SAFE_INTEGER): void {
  if (value === undefined) return;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 1 && value <= most) return;
  const range = most === Number.MAX_SAFE_INTEGER ? 'above 0' : `from 1 to ${most}`;
  throw new InvalidRecordError(
    codeOf(attribute),
    `${attribute}: ${quoteValue(value)} is not a whole number (N) of ${unit} ${range}. Correct it, or remove it.`,
  );
}

/** The code of a fault in an attribute: `InvalidRotateAfterDays` for `rotate_after_days`. */
function codeOf(attribute: string): string {
  const words = attribute.split('_').map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return `Invalid${words.join('')}`;
}

/** The values of a list (L) or a string set (SS). */
function asList(attribute: string, value: unknown, example = '*@example.com'): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (value instanceof Set) return [...value];
  throw new InvalidRecordError(
    codeOf(attribute),
    value === undefined
      ? `${attribute}: is missing. Add a list of addresses or patterns, for example ["*@example.com"].`
      : `${attribute}: ${quoteValue(value)} is not a list. Write a list (L) or a string set (SS), for example ["${example}"].`,
  );
}

function optional<T>(
  attribute: string,
  value: unknown,
  parse: (values: readonly unknown[]) => T,
  example?: string,
): T | undefined {
  return value === undefined ? undefined : parse(asList(attribute, value, example));
}
