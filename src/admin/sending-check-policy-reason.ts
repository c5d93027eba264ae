import type { SimulatedDecision } from '../credential/iam/policy-simulator.ts';
import { sendingReplies } from '../mail-client/sending-replies.ts';
import type { SendingFacts } from './sending-check-facts.ts';
import { resolveIdentity } from './sending-check-identity.ts';
import { type PolicyAnswer, sesArn } from './sending-check-policy.ts';
import type { SendingFinding } from './sending-finding.ts';

/** Keys that a mail over SMTP never has, so a policy that uses them is decided without them. */
const ABSENT_KEYS = ['aws:multifactorauthpresent', 'aws:multifactorauthage', 'aws:tokenissuetime'];

interface Verdict {
  readonly state: 'ok' | 'refused' | 'unknown';
  readonly message: string;
  /** The resource that is refused. */
  readonly arn?: string;
}

/**
 * What IAM says. The From header must be allowed, and so must the envelope sender, unless the policy limits
 * `ses:FeedbackAddress`: then that decides about the envelope. AWS doesn't document which of the two addresses it
 * compares, so this is the stricter reading.
 */
export function judgePolicy(facts: SendingFacts): SendingFinding {
  const { mail, policy, userArn = '' } = facts;
  const verdicts = [judgeSender(mail.from, policy.header, 'the From header', facts)];
  if (policy.envelope !== undefined && policy.strangeEnvelope !== undefined) {
    const limited = judgeSender(mail.from, policy.strangeEnvelope, 'the From header', facts, false).state;
    const envelope = judgeSender(mail.envelope, policy.envelope, 'the envelope sender', facts);
    if (limited === 'ok') verdicts.push(envelope);
    if (limited === 'unknown' && envelope.state !== 'ok') verdicts.push({ ...envelope, state: 'unknown' });
  }
  const refused = verdicts.find(({ state }) => state === 'refused');
  if (refused !== undefined) {
    const reply = sendingReplies.accessDenied(userArn, refused.arn ?? '');
    return { code: 'PolicyDenies', state: 'refused', message: refused.message, reply };
  }
  const unknown = verdicts.find(({ state }) => state === 'unknown');
  if (unknown !== undefined) return { code: 'PolicyUnknown', state: 'unknown', message: unknown.message };
  return { code: 'PolicyAllows', state: 'ok', message: verdicts.map(({ message }) => message).join(' ') };
}

/** @param hasSets whether the configuration sets are asked about as well */
function judgeSender(
  address: string,
  answer: PolicyAnswer,
  place: string,
  facts: SendingFacts,
  hasSets = true,
): Verdict {
  if ('problem' in answer) return { state: 'unknown', message: answer.problem };
  if (answer.value === undefined) return { state: 'unknown', message: 'IAM knows no such user, so it has no policy.' };
  const decisions = answer.value;
  const judge = (arn: string) =>
    judgeResource(
      arn,
      decisions.map((each) => each.get(arn)),
      facts,
    );
  const { scope } = facts;

  const { resourceNames, problem } = resolveIdentity(address, facts.identities);
  const identities = resourceNames.map((name) => judge(sesArn('identity', name, scope)));
  const [first = { state: 'unknown', message: '' } as Verdict] = identities;
  const isUniform = identities.every(({ state }) => state === first.state);
  const verdict = isUniform ? first : { state: 'unknown' as const, message: problem ?? '' };
  if (verdict.state !== 'ok') return { ...verdict, message: `${describe(address, place, facts)} ${verdict.message}` };

  const from = resolveIdentity(facts.mail.from, facts.identities);
  const set = from.problem === undefined ? from.identity?.configurationSet : scope.configurationSet;
  const onSet = hasSets && set !== undefined ? judge(sesArn('configuration-set', set, scope)) : undefined;
  if (onSet !== undefined && onSet.state !== 'ok') {
    // Where SES didn't name the identity, the mail may have another configuration set, or none.
    const state = from.problem === undefined ? onSet.state : 'unknown';
    return { ...onSet, state, message: `${describe(address, place, facts)} ${onSet.message}` };
  }
  return { state: 'ok', message: `IAM allows ${address} as ${place}.` };
}

function judgeResource(
  arn: string,
  decisions: readonly (SimulatedDecision | undefined)[],
  { mail }: SendingFacts,
): Verdict {
  const absent = mail.displayName === '' ? [...ABSENT_KEYS, 'ses:fromdisplayname'] : ABSENT_KEYS;
  const missingOf = (decision: SimulatedDecision | undefined) =>
    decision?.missingKeys.filter((key) => !absent.includes(key.toLowerCase())) ?? [];
  if (decisions.some((each) => each?.decision === 'allowed' && missingOf(each).length === 0)) {
    return { state: 'ok', message: '' };
  }
  if (decisions.some((each) => each === undefined)) {
    return { state: 'unknown', message: `IAM's simulator said nothing about ${arn}.` };
  }
  const missing = [...new Set(decisions.flatMap(missingOf))];
  if (missing.length > 0) {
    const isSource = missing.some((key) => key.toLowerCase() === 'aws:sourceip');
    const remedy = isSource ? ' Say from which IP address the mail is sent.' : '';
    return { state: 'unknown', message: `It depends on ${missing.join(', ')}.${remedy}` };
  }
  return { state: 'refused', arn, message: explain(arn, decisions[0]) };
}

function explain(arn: string, decision: SimulatedDecision | undefined): string {
  if (decision?.isAllowedByOrganization === false) return `A policy of the organisation refuses ${arn}.`;
  if (decision?.isAllowedByBoundary === false) return `The permissions boundary refuses ${arn}.`;
  if (decision?.decision !== 'explicitDeny') return `No policy allows it on ${arn}.`;
  const names = decision.policies.length === 0 ? 'A policy' : `The policy ${decision.policies.join(', ')}`;
  return `${names} denies it on ${arn}.`;
}

/** SES's reply doesn't say which address was refused. */
function describe(address: string, place: string, { mail }: SendingFacts): string {
  const local = address.slice(0, address.lastIndexOf('@'));
  const hint = local === local.toLowerCase() ? '' : ' Case counts before the "@".';
  const source = mail.sourceIp === undefined ? '' : ` from ${mail.sourceIp}`;
  const others = mail.recipients.length - 3;
  const to = mail.recipients.slice(0, 3).join(', ') + (others > 0 ? ` and ${others} more` : '');
  return `Mail as ${address} (${place})${source} to ${to}:${hint}`;
}
