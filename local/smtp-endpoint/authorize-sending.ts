import { foldDomain } from '../../src/credential/patterns/address-pattern.ts';
import { evaluateIamRequest } from '../iam-evaluation/evaluate-iam-request.ts';
import type { HeaderAddress } from './read-headers.ts';
import { matchIdentity, type SesIdentity } from './ses-identities.ts';
import { sesReplies, withExplanation } from './ses-replies.ts';
import type { SmtpPermissions } from './smtp-accounts.ts';

/** Which address `ses:FromAddress` holds over SMTP, which AWS doesn't document. */
export type FromAddressReading = 'both' | 'header' | 'envelope';

/** The parts of a message that IAM and SES check. */
export interface SendingRequest {
  readonly fromAddress: FromAddressReading;
  readonly region: string;
  readonly accountId: string;
  readonly userName: string;
  readonly permissions: SmtpPermissions;
  readonly identities: readonly SesIdentity[];
  readonly envelopeFrom: string;
  readonly from: readonly HeaderAddress[];
  /** Sender and Return-Path. SES requires them to be verified; IAM doesn't see them. */
  readonly otherSenders: readonly HeaderAddress[];
  readonly recipients: readonly string[];
  readonly configurationSets: readonly string[];
  /** ARNs of identities that the message asks for, usually of another account. */
  readonly identityArns: readonly string[];
  readonly sourceIp: string;
  readonly now: Date;
}

/**
 * Decides whether a user may send a message: each address that `ses:FromAddress` holds must be allowed on its identity, on every
 * identity that the message names, and on every configuration set. In the stricter reading, `both`, these are the addresses of
 * the From header and the envelope sender, unless the policy limits `ses:FeedbackAddress`: then that decides about the envelope.
 *
 * @throws SmtpReply 554 when a policy or the boundary doesn't allow it, or when an identity isn't verified
 */
export async function authorizeSending(request: SendingRequest): Promise<void> {
  const { envelopeFrom } = request;
  const isHeaderRead = request.fromAddress !== 'envelope' && request.from.length > 0;
  const isEnvelopeRead = request.fromAddress !== 'header' || request.from.length === 0;
  const senders = new Map<string, string>();
  for (const { address, name } of isHeaderRead ? request.from : []) senders.set(address, name);
  for (const [address, displayName] of senders) {
    for (const resource of listResources(address, request)) {
      await requireAllowed(address, displayName, resource, request);
    }
  }
  if (isEnvelopeRead && !senders.has(envelopeFrom) && !(isHeaderRead && (await isEnvelopeLimited(request)))) {
    for (const resource of listResources(envelopeFrom, request)) {
      await requireAllowed(envelopeFrom, '', resource, request);
    }
  }
  const from = request.from.map(({ address }) => address);
  const addresses = new Set([envelopeFrom, ...from, ...request.otherSenders.map(({ address }) => address)]);
  const unverified = [...addresses].filter((address) => !matchIdentity(address, request.identities)?.verified);
  if (unverified.length > 0) {
    throw sesReplies.notVerified(unverified, request.region);
  }
}

function listResources(
  address: string,
  { region, accountId, identities, configurationSets, identityArns }: SendingRequest,
): string[] {
  const prefix = `arn:aws:ses:${region}:${accountId}`;
  // IAM decides before verification is checked: for an unknown sender the resource is the address itself.
  const identity = matchIdentity(address, identities)?.name ?? address;
  return [
    `${prefix}:identity/${identity}`,
    ...identityArns,
    ...configurationSets.map((name) => `${prefix}:configuration-set/${name}`),
  ];
}

/** An envelope sender that nobody names in a pattern. */
const unknownEnvelope = 'nobody@unknown.invalid';

/** Whether a message that is allowed would be refused with another envelope sender. */
async function isEnvelopeLimited(request: SendingRequest): Promise<boolean> {
  const [first] = request.from;
  if (first === undefined) return false;
  const [identity = ''] = listResources(first.address, request);
  return !(await isAllowed(first.address, first.name, identity, { ...request, envelopeFrom: unknownEnvelope }));
}

async function requireAllowed(
  address: string,
  displayName: string,
  resource: string,
  request: SendingRequest,
): Promise<void> {
  if (await isAllowed(address, displayName, resource, request)) return;
  throw withExplanation(
    sesReplies.accessDenied(request.permissions.userArn, resource),
    explainDenial(address, resource, request),
  );
}

/** Whether the policies allow an address as it is written, or with its domain in lower case: domains have no case. */
async function isAllowed(
  address: string,
  displayName: string,
  resource: string,
  request: SendingRequest,
): Promise<boolean> {
  if (await evaluate(address, displayName, resource, request)) return true;
  const [folded, envelopeFrom] = [foldDomain(address), foldDomain(request.envelopeFrom)];
  const isSame = folded === address && envelopeFrom === request.envelopeFrom;
  return !isSame && (await evaluate(folded, displayName, resource, { ...request, envelopeFrom }));
}

async function evaluate(
  address: string,
  displayName: string,
  resource: string,
  request: SendingRequest,
): Promise<boolean> {
  const { permissions } = request;
  const { allowed } = await evaluateIamRequest({
    principalArn: permissions.userArn,
    identityPolicies: permissions.identityPolicies,
    permissionsBoundary: permissions.permissionsBoundary,
    action: 'ses:SendRawEmail',
    resource,
    context: {
      'ses:FromAddress': address,
      'ses:FeedbackAddress': request.envelopeFrom,
      'ses:Recipients': request.recipients,
      ...(displayName ? { 'ses:FromDisplayName': displayName } : {}),
      'aws:SourceIp': request.sourceIp,
      'aws:SecureTransport': 'true',
      'aws:CurrentTime': request.now.toISOString(),
      'aws:EpochTime': String(Math.floor(request.now.getTime() / 1000)),
      'aws:RequestedRegion': request.region,
      'aws:PrincipalArn': permissions.userArn,
      'aws:PrincipalAccount': request.accountId,
      'aws:PrincipalType': 'User',
      'aws:username': request.userName,
    },
  });
  return allowed;
}

/** Says which address was refused, and hints at the usual mistake. */
function explainDenial(address: string, resource: string, request: SendingRequest): string {
  const places = [
    ...(address === request.envelopeFrom ? ['the envelope sender'] : []),
    ...(request.from.some((entry) => entry.address === address) ? ['the From header'] : []),
  ];
  const isIdentity = resource.includes(':identity/');
  const local = address.slice(0, address.lastIndexOf('@'));
  const hint = local !== local.toLowerCase() ? ' Case counts before the @.' : '';
  return (
    `The policy of ${request.userName} doesn't allow ${JSON.stringify(address)}, which is ${places.join(' and ')}, from ` +
    `${request.sourceIp} to ${request.recipients.join(', ')}${isIdentity ? '' : ` with ${resource}`}.${hint}`
  );
}
