import type { Item } from '../credential-table.ts';
import { InvalidRecordError, SesameError } from '../errors.ts';
import { buildSendingPolicy, type SendingPolicy } from '../iam/sending-policy.ts';
import { withSpellings } from '../patterns/address-pattern.ts';
import type { CredentialRecord } from './record.ts';
import { findUsernameFaults, parseSpec, type Spec } from './spec.ts';
import type { SpecFault } from './spec-attribute.ts';
import type { Warning } from './warning.ts';

/** What policies refer to: this account's identities in this Region, and our configuration set if there is one. */
export interface SendingScope {
  readonly partition: string;
  readonly region: string;
  readonly accountId: string;
  readonly configurationSet?: string;
}

/** The validated spec of an administrator, as IAM should implement it. */
export interface DesiredState {
  readonly patterns: readonly string[];
  readonly policy: { readonly document: string; readonly form: 'inline' | 'managed' };
  /** About a spec that can be fulfilled. */
  readonly warnings: readonly Warning[];
  /** Identifies the policy's form and content. Stored on the record as `policy_digest`. */
  readonly policyDigest: string;
}

/**
 * Reads and validates what the administrator wrote.
 *
 * @param leftOut patterns of the record that the policy must not contain
 * @throws InvalidRecordError that names every fault: attribute, value (shortened), remedy
 */
export function readDesiredState(
  record: CredentialRecord,
  scope: SendingScope,
  leftOut: ReadonlySet<string> = new Set(),
): DesiredState {
  const { spec, faults, warnings } = parseSpec(record.item);
  throwFaults([...findUsernameFaults(record.username), ...faults]);
  const { allowed_from_addresses: patterns } = spec;
  if (patterns === undefined)
    throw new SesameError('PatternsMissing', 'permanent', 'No patterns were read. Report it as a fault of Sesame.');
  const inForce = { ...spec, allowed_from_addresses: patterns.filter((each) => !leftOut.has(each)) };
  const policy = buildPolicy(inForce, record.item, scope);
  // If a policy once had to become a managed one, it stays managed until it changes. Otherwise every attempt would
  // repeat the failure.
  const isManaged = [record.policyDigest, record.narrowedFrom].includes(`managed:${policy.digest}`);
  const form = isManaged ? 'managed' : policy.form;
  return {
    patterns,
    policy: { document: policy.document, form },
    policyDigest: `${form}:${policy.digest}`,
    warnings: warnings.map(({ code, message: text }) => ({ code, text })),
  };
}

/**
 * The digest, without the form, of the policy for a record's patterns, networks and recipients, even if other
 * attributes are invalid. Undefined if these attributes are invalid.
 */
export function readDesiredDigest(item: Item, scope: SendingScope): string | undefined {
  const { spec, faults } = parseSpec(item);
  if (faults.some(({ attribute }) => POLICY_ATTRIBUTES.includes(attribute))) return undefined;
  try {
    return buildPolicy(spec, item, scope).digest;
  } catch (error) {
    if (error instanceof InvalidRecordError) return undefined;
    throw error;
  }
}

/**
 * Builds the policy for a spec.
 *
 * @param item the attributes that the spec was parsed from
 * @throws InvalidRecordError `PolicyTooLarge`
 */
export function buildPolicy(spec: Spec, item: Item, scope: SendingScope): SendingPolicy {
  const spell = (name: 'allowed_from_addresses' | 'allowed_envelope_senders' | 'allowed_recipients') => {
    const patterns = spec[name];
    return patterns && withSpellings(patterns, item[name]);
  };
  return buildSendingPolicy({
    ...scope,
    patterns: spell('allowed_from_addresses') ?? [],
    envelopeSenders: spell('allowed_envelope_senders'),
    sourceIps: spec.allowed_source_ips,
    recipients: spell('allowed_recipients'),
    isSandbox: spec.sandbox === true,
  });
}

/** What the policy is built from. */
export const POLICY_ATTRIBUTES: readonly string[] = [
  'allowed_from_addresses',
  'allowed_envelope_senders',
  'allowed_source_ips',
  'allowed_recipients',
  'sandbox',
];

function throwFaults(faults: readonly SpecFault[]): void {
  const [first] = faults;
  if (first !== undefined) throw new InvalidRecordError(first.code, joinMessages(faults));
}

function joinMessages(faults: readonly SpecFault[]): string {
  const [first, ...more] = faults;
  if (first === undefined || more.length === 0) return first?.message ?? '';
  return faults.map(({ message }) => (message.endsWith('.') ? message : `${message}.`)).join(' ');
}
