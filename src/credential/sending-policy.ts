import { createHash } from 'node:crypto';
import { isIP } from 'node:net';
import { parseAddressPatterns } from './address-pattern.ts';
import { InvalidRecordError, quoteValue } from './errors.ts';
import { type ParsedEntry, parseList } from './parse-list.ts';

/**
 * Characters, white space not counted, that a user's inline policies may hold in all.
 * See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-entity-length
 */
export const MAX_INLINE_POLICY_LENGTH = 2_048;
/** Characters, white space not counted, that one managed policy may hold. Same AWS page. */
export const MAX_MANAGED_POLICY_LENGTH = 6_144;
/** Most entries of allowed_source_ips. */
export const MAX_SOURCE_IPS = 100;

const DIGEST_LENGTH = 32;

/** What a credential may do, and where its identities live. Addresses and networks are parsed ones. */
export type SendingPolicyInput = {
  readonly patterns: readonly string[];
  readonly sourceIps?: readonly string[] | undefined;
  readonly recipients?: readonly string[] | undefined;
  /** `aws`, `aws-cn` or `aws-us-gov`. */
  readonly partition: string;
  readonly region: string;
  readonly accountId: string;
  /** Name of our configuration set, without the ARN. Without one the policy names no resource. */
  readonly configurationSet?: string | undefined;
};

/** A policy ready for IAM. The same input gives the same document, so an unchanged digest means nothing to do. */
export type SendingPolicy = {
  /** Minified JSON. */
  readonly document: string;
  /** First 32 hexadecimal digits of the document's SHA-256. */
  readonly digest: string;
  readonly form: 'inline' | 'managed';
};

/**
 * Builds the policy that limits a credential to its sender addresses.
 *
 * @throws InvalidRecordError `PolicyTooLarge`, when not even a managed policy can hold it
 * @see https://docs.aws.amazon.com/ses/latest/dg/control-user-access.html
 */
export function buildSendingPolicy(input: SendingPolicyInput): SendingPolicy {
  const document = JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: ['ses:SendEmail', 'ses:SendRawEmail'],
        Resource: buildResource(input),
        Condition: buildCondition(input),
      },
    ],
  });
  const length = document.replace(/\s/g, '').length;
  if (length > MAX_MANAGED_POLICY_LENGTH) throw refuseLength(length, input);
  const digest = createHash('sha256').update(document).digest('hex').slice(0, DIGEST_LENGTH);
  return { document, digest, form: length <= MAX_INLINE_POLICY_LENGTH ? 'inline' : 'managed' };
}

/**
 * Parses allowed_source_ips: IPv4 or IPv6 addresses, or networks in CIDR notation. Sorted, without duplicates.
 *
 * @throws InvalidRecordError `InvalidSourceIp`
 */
export function parseSourceIps(values: readonly unknown[]): readonly string[] {
  const rule = {
    attribute: 'allowed_source_ips',
    code: 'InvalidSourceIp',
    maxEntries: MAX_SOURCE_IPS,
    emptyRemedy: 'Add a network such as "203.0.113.0/24", or remove the attribute to allow every network.',
    tooManyRemedy: 'Combine neighbouring networks, or split them over several credentials.',
  };
  return parseList(values, rule, readSourceIp);
}

/**
 * Parses allowed_recipients: the same patterns as for senders.
 *
 * @throws InvalidRecordError `InvalidAddressPattern`
 */
export function parseRecipientPatterns(values: readonly unknown[]): readonly string[] {
  return parseAddressPatterns(values, 'allowed_recipients');
}

/** SES authorises the identity and the configuration set, even a set that is only the identity's default. */
function buildResource({ partition, region, accountId, configurationSet }: SendingPolicyInput): string | string[] {
  if (configurationSet === undefined) return '*';
  const arnPrefix = `arn:${partition}:ses:${region}:${accountId}`;
  return [`${arnPrefix}:identity/*`, `${arnPrefix}:configuration-set/${configurationSet}`];
}

function buildCondition({ patterns, sourceIps, recipients }: SendingPolicyInput): Record<string, object> {
  return {
    StringLike: { 'ses:FromAddress': normalize(patterns) },
    ...(sourceIps && { IpAddress: { 'aws:SourceIp': normalize(sourceIps) } }),
    ...(recipients && {
      'ForAllValues:StringLike': { 'ses:Recipients': normalize(recipients) },
      // ForAllValues is true when the key is missing. SES supplies it for both actions, so demanding it refuses no mail.
      // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
      Null: { 'ses:Recipients': 'false' },
    }),
  };
}

function normalize(values: readonly string[]): string[] {
  return [...new Set(values)].sort();
}

function refuseLength(length: number, { sourceIps, recipients }: SendingPolicyInput): InvalidRecordError {
  const attributes = ['allowed_from_addresses', sourceIps && 'allowed_source_ips', recipients && 'allowed_recipients'];
  const message =
    `${attributes.filter(Boolean).join(', ')}: the policy would hold ${length} characters, ` +
    `${length - MAX_MANAGED_POLICY_LENGTH} more than the ${MAX_MANAGED_POLICY_LENGTH} that IAM allows. ` +
    'Replace entries by a wildcard such as "*@example.com", or split them over several credentials.';
  return new InvalidRecordError('PolicyTooLarge', message);
}

function readSourceIp(value: unknown): ParsedEntry {
  const fault = (reason: string): ParsedEntry => ({ fault: `${quoteValue(value)} ${reason}` });
  const remedy = 'Use an address such as "203.0.113.7" or a network such as "203.0.113.0/24" or "2001:db8::/32".';
  if (typeof value !== 'string') return fault(`is not text. ${remedy}`);
  const [address = '', prefixLength, ...rest] = value.split('/');
  const version = address.includes('%') ? 0 : isIP(address);
  if (version === 0 || rest.length > 0) return fault(`is neither an IP address nor a network. ${remedy}`);
  if (prefixLength === undefined) return { text: address.toLowerCase() };
  const maxPrefixLength = version === 4 ? 32 : 128;
  if (!/^(?:0|[1-9]\d{0,2})$/.test(prefixLength) || Number(prefixLength) > maxPrefixLength) {
    return fault(`has a prefix length that is not 1 to ${maxPrefixLength}. ${remedy}`);
  }
  if (prefixLength === '0') {
    return fault('allows every address there is. Name a smaller network, or remove allowed_source_ips.');
  }
  return { text: `${address.toLowerCase()}/${prefixLength}` };
}
