import type { PolicySimulator, SimulatedDecisions, SimulationContext } from '../credential/iam/policy-simulator.ts';
import { foldDomain } from '../credential/patterns/address-pattern.ts';
import type { SendingScope } from '../credential/record/desired-state.ts';
import { iamUserNameOfArn } from '../credential/record/record.ts';
import { identityNamesOf } from './sending-check-identity.ts';
import type { CheckedMail } from './sending-check-request.ts';
import { type Fact, learn } from './sending-fact.ts';

/**
 * IAM's decisions about one sender: as it was written and, if it differs, with its domain in lower case, because
 * domains have no case. One that allows is enough. Undefined: there is no such user.
 */
export type PolicyAnswer = Fact<readonly SimulatedDecisions[] | undefined>;

/** IAM's decisions about a mail. */
export interface PolicyAnswers {
  /** The From header as `ses:FromAddress`. */
  readonly header: PolicyAnswer;
  /** The envelope sender as `ses:FromAddress`; undefined if it is the same address. */
  readonly envelope: PolicyAnswer | undefined;
  /** The From header with an envelope sender that no policy names; undefined as above. */
  readonly strangeEnvelope: PolicyAnswer | undefined;
}

interface PolicyQuestion {
  readonly mail: CheckedMail;
  readonly userArn: string | undefined;
  readonly scope: SendingScope;
  /** The configuration sets that the mail may be sent with. */
  readonly sets: readonly string[];
  readonly nowMs: number;
}

const STRANGE_ENVELOPE = 'nobody@unknown.invalid';

/**
 * Asks IAM's simulator, in parallel. AWS doesn't document whether `ses:FromAddress` is the From header's address or the
 * envelope sender, so both are asked.
 */
export async function readPolicyAnswers(question: PolicyQuestion, simulator: PolicySimulator): Promise<PolicyAnswers> {
  const { mail } = question;
  const isSame = mail.envelope === mail.from;
  const none = Promise.resolve(undefined);
  const ask = (from: string, envelope: string, displayName: string) =>
    askBoth({ from, envelope, displayName }, question, simulator);
  const [header, envelope, strangeEnvelope] = await Promise.all([
    ask(mail.from, mail.envelope, mail.displayName),
    isSame ? none : ask(mail.envelope, mail.envelope, ''),
    isSame ? none : ask(mail.from, STRANGE_ENVELOPE, mail.displayName),
  ]);
  return { header, envelope, strangeEnvelope };
}

/** The ARN of something of SES, as policies name it. */
export function sesArn(kind: 'identity' | 'configuration-set', name: string, scope: SendingScope): string {
  return `arn:${scope.partition}:ses:${scope.region}:${scope.accountId}:${kind}/${name}`;
}

interface Senders {
  readonly from: string;
  readonly envelope: string;
  readonly displayName: string;
}

function askBoth(senders: Senders, question: PolicyQuestion, simulator: PolicySimulator): Promise<PolicyAnswer> {
  const { userArn, scope, sets } = question;
  return learn('iam:SimulatePrincipalPolicy', async () => {
    if (userArn === undefined) return undefined;
    const folded = { ...senders, from: foldDomain(senders.from), envelope: foldDomain(senders.envelope) };
    const isSame = folded.from === senders.from && folded.envelope === senders.envelope;
    // All that may turn out to be its identity, so that IAM and SES are asked at the same time.
    const names = new Set([senders.from, ...identityNamesOf(senders.from)]);
    const resourceArns = [
      ...[...names].map((name) => sesArn('identity', name, scope)),
      ...sets.map((name) => sesArn('configuration-set', name, scope)),
    ];
    const answers = await Promise.all(
      (isSame ? [senders] : [senders, folded]).map((each) =>
        simulator.simulate({
          userArn,
          action: 'ses:SendRawEmail',
          resourceArns,
          context: contextOf(each, question, userArn),
        }),
      ),
    );
    return answers.some((answer) => answer === undefined)
      ? undefined
      : answers.filter((answer) => answer !== undefined);
  });
}

/** The condition keys of a mail that is sent over SMTP. https://docs.aws.amazon.com/ses/latest/dg/control-user-access.html */
function contextOf(senders: Senders, { mail, scope, nowMs }: PolicyQuestion, userArn: string): SimulationContext[] {
  const text = (key: string, value: string): SimulationContext => ({ key, type: 'string', values: [value] });
  return [
    text('ses:FromAddress', senders.from),
    text('ses:FeedbackAddress', senders.envelope),
    { key: 'ses:Recipients', type: 'stringList', values: mail.recipients },
    ...(senders.displayName === '' ? [] : [text('ses:FromDisplayName', senders.displayName)]),
    ...(mail.sourceIp === undefined
      ? []
      : [{ key: 'aws:SourceIp', type: 'ip', values: [mail.sourceIp] } satisfies SimulationContext]),
    { key: 'aws:SecureTransport', type: 'boolean', values: ['true'] },
    { key: 'aws:CurrentTime', type: 'date', values: [new Date(nowMs).toISOString()] },
    { key: 'aws:EpochTime', type: 'numeric', values: [String(Math.floor(nowMs / 1000))] },
    text('aws:RequestedRegion', scope.region),
    text('aws:PrincipalArn', userArn),
    text('aws:PrincipalAccount', scope.accountId),
    text('aws:PrincipalType', 'User'),
    text('aws:username', iamUserNameOfArn(userArn)),
  ];
}
