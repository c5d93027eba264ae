import type { Item } from '../credential-table.ts';
import { InvalidRecordError, SesameError } from '../errors.ts';
import { buildSendingPolicy, type SendingPolicy } from '../iam/sending-policy.ts';
import type { CredentialRecord } from './record.ts';
import { findUsernameFaults, parseSpec, type Spec } from './spec.ts';
import type { SpecFault } from './spec-attribute.ts';

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
  const { spec, faults, warnings } = parseSpec(record.item);
  throwFaults([...findUsernameFaults(record.username), ...faults]);
  const { allowed_from_addresses: patterns } = spec;
  if (patterns === undefined)
    throw new SesameError('PatternsMissing', 'permanent', 'No patterns were read. Report it as a fault of Sesame.');
  const policy = buildPolicy({ ...spec, allowed_from_addresses: patterns.filter((each) => !leftOut.has(each)) }, scope);
  // Once a policy had to become a managed one it stays so until it changes: otherwise every attempt would repeat the failure.
  const isManaged = [record.policyDigest, record.narrowedFrom].includes(`managed:${policy.digest}`);
  const form = isManaged ? 'managed' : policy.form;
  return {
    patterns,
    policy: { document: policy.document, form },
    policyDigest: `${form}:${policy.digest}`,
    ...(warnings.length === 0 ? {} : { notice: joinMessages(warnings) }),
  };
}

/**
 * The digest, without the form, of the policy that a record's patterns, networks and recipients ask for, whatever else is wrong with the record. Undefined
 * when they can't be read themselves.
 */
export function readDesiredDigest(item: Item, scope: SendingScope): string | undefined {
  const { spec, faults } = parseSpec(item);
  if (faults.some(({ attribute }) => policyAttributes.includes(attribute))) return undefined;
  try {
    return buildPolicy(spec, scope).digest;
  } catch (error) {
    if (error instanceof InvalidRecordError) return undefined;
    throw error;
  }
}

/**
 * The policy that a spec asks for.
 *
 * @throws InvalidRecordError `PolicyTooLarge`
 */
export function buildPolicy(spec: Spec, scope: SendingScope): SendingPolicy {
  return buildSendingPolicy({
    ...scope,
    patterns: spec.allowed_from_addresses ?? [],
    sourceIps: spec.allowed_source_ips,
    recipients: spec.allowed_recipients,
    isSandbox: spec.sandbox === true,
  });
}

const policyAttributes: readonly string[] = [
  'allowed_from_addresses',
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
