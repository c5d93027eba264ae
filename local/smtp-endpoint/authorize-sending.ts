import { evaluateIamRequest } from '../iam-evaluation/evaluate-iam-request.ts';
import type { HeaderAddress } from './read-headers.ts';
import { matchIdentity, type SesIdentity } from './ses-identities.ts';
import { sesReplies, withExplanation } from './ses-replies.ts';
import type { SmtpPermissions } from './smtp-accounts.ts';

/** The parts of a message that IAM and SES check. */
export interface SendingRequest {
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
 * Decides whether a user may send a message.
 *
 * AWS doesn't document which address `ses:FromAddress` holds over SMTP, so we take the stricter reading: the envelope sender and
 * every address of the From header must be allowed, each on its identity, on every identity that the message names, and on every
 * configuration set.
 *
 * @throws SmtpReply 554 when a policy or the boundary doesn't allow it, or when an identity isn't verified
 */
export async function authorizeSending(request: SendingRequest): Promise<void> {
  const senders = new Map<string, string>([[request.envelopeFrom, '']]);
  for (const { address, name } of request.from) {
    senders.set(address, name);
  }
  for (const [address, displayName] of senders) {
    for (const resource of listResources(address, request)) {
      await requireAllowed(address, displayName, resource, request);
    }
  }
  const addresses = new Set([...senders.keys(), ...request.otherSenders.map(({ address }) => address)]);
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

async function requireAllowed(
  address: string,
  displayName: string,
  resource: string,
  request: SendingRequest,
): Promise<void> {
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
  if (!allowed) {
    throw withExplanation(
      sesReplies.accessDenied(permissions.userArn, resource),
      explainDenial(address, resource, request),
    );
  }
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
