import { createHash } from 'node:crypto';
import { InvalidRecordError } from '../errors.ts';
import { matchesAnyPattern } from '../patterns/address-pattern.ts';

/**
 * The maximum size of all inline policies of a user together, in characters without white space.
 * See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-entity-length
 */
export const MAX_INLINE_POLICY_LENGTH = 2_048;
/** The maximum size of one managed policy, in characters without white space. See the same AWS page. */
export const MAX_MANAGED_POLICY_LENGTH = 6_144;

/**
 * The addresses of SES's mailbox simulator. Mail to them reaches nobody.
 * https://docs.aws.amazon.com/ses/latest/dg/send-an-email-from-console.html
 */
const MAILBOX_SIMULATOR = '*@simulator.amazonses.com';

/** Whether an address is one of SES's mailbox simulator, which gets mail even from an account in SES's sandbox. */
export function isMailboxSimulator(address: string): boolean {
  return matchesAnyPattern([MAILBOX_SIMULATOR], address);
}

const DIGEST_LENGTH = 32;

/** What a credential may do, and where its identities are. Addresses and networks are already parsed. */
export type SendingPolicyInput = {
  readonly patterns: readonly string[];
  /** Limits the envelope sender (Return-Path). Undefined: the policy says nothing about it. */
  readonly envelopeSenders?: readonly string[] | undefined;
  readonly sourceIps?: readonly string[] | undefined;
  readonly recipients?: readonly string[] | undefined;
  /** Only allows the mailbox simulator, whatever the recipients are. */
  readonly isSandbox?: boolean | undefined;
  /** `aws`, `aws-cn` or `aws-us-gov`. */
  readonly partition: string;
  readonly region: string;
  readonly accountId: string;
  /** The name of our configuration set, not its ARN. Without one the policy names no resource. */
  readonly configurationSet?: string | undefined;
};

/**
 * A policy for IAM. The same input always gives the same document, so an unchanged digest means that nothing must be
 * done.
 */
export type SendingPolicy = {
  /** Minified JSON. */
  readonly document: string;
  /** The first 32 hexadecimal digits of the document's SHA-256. */
  readonly digest: string;
  readonly form: 'inline' | 'managed';
};

/**
 * Builds the policy that limits a credential to its sender addresses.
 *
 * @throws InvalidRecordError `PolicyTooLarge`, if the policy doesn't even fit in a managed policy
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
  const digest = digestOfPolicy(document);
  return { document, digest, form: length <= MAX_INLINE_POLICY_LENGTH ? 'inline' : 'managed' };
}

/** @param document minified JSON with its keys in the order in which `buildSendingPolicy` writes them */
export function digestOfPolicy(document: string): string {
  return createHash('sha256').update(document).digest('hex').slice(0, DIGEST_LENGTH);
}

/** SES authorizes both the identity and the configuration set, even if the set is only the identity's default. */
function buildResource({ partition, region, accountId, configurationSet }: SendingPolicyInput): string | string[] {
  if (configurationSet === undefined) return '*';
  const arnPrefix = `arn:${partition}:ses:${region}:${accountId}`;
  return [`${arnPrefix}:identity/*`, `${arnPrefix}:configuration-set/${configurationSet}`];
}

function buildCondition(input: SendingPolicyInput): Record<string, object> {
  const { patterns, envelopeSenders, sourceIps } = input;
  const recipients = input.isSandbox === true ? [MAILBOX_SIMULATOR] : input.recipients;
  return {
    StringLike: { 'ses:FromAddress': normalize(patterns) },
    // IfExists: SES documents the key, but not that each request has it.
    ...(envelopeSenders && { StringLikeIfExists: { 'ses:FeedbackAddress': normalize(envelopeSenders) } }),
    ...(sourceIps && { IpAddress: { 'aws:SourceIp': normalize(sourceIps) } }),
    ...(recipients && {
      'ForAllValues:StringLike': { 'ses:Recipients': normalize(recipients) },
      // ForAllValues is true if the key is missing. SES sets it for both actions, so requiring it rejects no mail.
      // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
      Null: { 'ses:Recipients': 'false' },
    }),
  };
}

function normalize(values: readonly string[]): string[] {
  return [...new Set(values)].sort();
}

function refuseLength(length: number, input: SendingPolicyInput): InvalidRecordError {
  const { envelopeSenders, sourceIps, recipients, isSandbox } = input;
  const attributes = [
    'allowed_from_addresses',
    envelopeSenders && 'allowed_envelope_senders',
    sourceIps && 'allowed_source_ips',
    isSandbox !== true && recipients && 'allowed_recipients',
  ];
  const message =
    `${attributes.filter(Boolean).join(', ')}: the policy would hold ${length} characters, ` +
    `${length - MAX_MANAGED_POLICY_LENGTH} more than the ${MAX_MANAGED_POLICY_LENGTH} that IAM allows. ` +
    'Replace entries by a wildcard such as "*@example.com", or split them over several credentials.';
  return new InvalidRecordError('PolicyTooLarge', message);
}
