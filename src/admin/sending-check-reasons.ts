import { isYoung } from '../credential/iam/propagation.ts';
import { isMailboxSimulator } from '../credential/iam/sending-policy.ts';
import { describeCredential } from '../credential/record/describe-credential.ts';
import { isOff } from '../credential/record/is-off.ts';
import { sendingReplies } from '../mail-client/sending-replies.ts';
import type { SendingFacts } from './sending-check-facts.ts';
import { resolveIdentity } from './sending-check-identity.ts';
import { judgePolicy } from './sending-check-policy-reason.ts';
import type { SendingFinding } from './sending-finding.ts';

/** All reasons, in the order in which SES checks. Pure. */
export function judgeSending(facts: SendingFacts): readonly SendingFinding[] {
  return [
    judgeRecord(facts),
    judgeKey(facts),
    ...judgeConfigurationSet(facts),
    judgePolicy(facts),
    judgeIdentities(facts),
    ...judgeAccount(facts),
    ...judgeSuppressions(facts),
  ];
}

const refuseLogin = (code: string, message: string): SendingFinding => ({
  code,
  message,
  state: 'refused',
  reply: sendingReplies.credentialsInvalid,
});
const ok = (code: string, message: string): SendingFinding => ({ code, message, state: 'ok' });
const unknown = (code: string, message: string): SendingFinding => ({ code, message, state: 'unknown' });

function statusOfKey({ keys, record }: SendingFacts): 'Active' | 'Inactive' | 'absent' | 'unknown' {
  if ('problem' in keys) return 'unknown';
  return keys.value?.find(({ accessKeyId }) => accessKeyId === record.accessKeyId)?.status ?? 'absent';
}

/** SES doesn't know the record. It says what IAM should have, and stands in for a key that could not be read. */
function judgeRecord(facts: SendingFacts): SendingFinding {
  const { record, nowMs } = facts;
  const { state, problems } = describeCredential(record, nowMs);
  const details = problems.map(({ text }) => text).join(' ');
  if (record.accessKeyId === undefined) {
    return refuseLogin(
      'RecordWithoutKey',
      `Its state is ${JSON.stringify(state)}, and it has no key yet. ${details}`.trim(),
    );
  }
  if (isOff(record)) {
    if (statusOfKey(facts) !== 'Active') return refuseLogin('RecordDisabled', `It is disabled. ${details}`.trim());
    return ok(
      'RecordDisabled',
      'It is disabled, but somebody made its key Active again: it works until the next sweep.',
    );
  }
  switch (state) {
    case 'active':
      return ok('RecordActive', ['It is active.', details].join(' ').trim());
    case 'disabling':
      return ok('RecordDisabling', `It is being disabled, and works as long as its key is Active. ${details}`.trim());
    case 'failed':
      return ok('RecordFailed', `Its last change failed; the one before is still in force. ${details}`.trim());
    default:
      return ok('RecordPending', 'A change is being made. Until then the one before is in force.');
  }
}

function judgeKey(facts: SendingFacts): SendingFinding {
  const { keys, record, nowMs } = facts;
  const { accessKeyId } = record;
  if (accessKeyId === undefined) return refuseLogin('KeyAbsent', 'Without a key nobody can log in.');
  if ('problem' in keys) return unknown('KeyUnknown', keys.problem);
  switch (statusOfKey(facts)) {
    case 'Active':
      return ok('KeyActive', `The key ${accessKeyId} is Active.`);
    case 'Inactive':
      return refuseLogin('KeyInactive', `The key ${accessKeyId} is Inactive.`);
    default:
      break;
  }
  if (isYoung(record.keyCreatedAtMs, nowMs)) {
    return unknown('KeyNotVisible', `IAM doesn't show the key ${accessKeyId} yet: it is only some minutes old.`);
  }
  const what = keys.value === undefined ? 'IAM user' : `key ${accessKeyId}`;
  return refuseLogin('KeyAbsent', `IAM doesn't know the ${what} of the record.`);
}

function judgeConfigurationSet({ mail, identities, configurationSets }: SendingFacts): SendingFinding[] {
  const { identity, problem } = resolveIdentity(mail.from, identities);
  if (problem !== undefined) return [unknown('ConfigurationSetUnknown', problem)];
  const name = identity?.configurationSet;
  if (name === undefined) return [];
  const fact = configurationSets.get(name);
  if (fact === undefined || 'problem' in fact) return [unknown('ConfigurationSetUnknown', fact?.problem ?? '')];
  const refuse = (code: string, message: string, reply: string): SendingFinding[] => [
    { code, message, state: 'refused', reply },
  ];
  if (fact.value === undefined) {
    const message = `The identity ${identity?.name} has the default configuration set ${name}, which doesn't exist.`;
    return refuse('ConfigurationSetMissing', message, sendingReplies.noConfigurationSet(name));
  }
  if (!fact.value.isSendingEnabled) {
    const message = `Sending is switched off for the configuration set ${name}.`;
    return refuse('ConfigurationSetPaused', message, sendingReplies.configurationSetPaused(name));
  }
  return [ok('ConfigurationSetEnabled', `The mail is sent with the configuration set ${name}.`)];
}

function judgeIdentities({ mail, identities, scope }: SendingFacts): SendingFinding {
  const resolved = [...new Set([mail.envelope, mail.from])].map((address) => ({
    address,
    ...resolveIdentity(address, identities),
  }));
  const unverified = resolved.filter(({ verification }) => verification === 'unverified').map(({ address }) => address);
  if (unverified.length > 0) {
    const message = `SES has verified neither ${unverified.join(', ')} nor a domain above in ${scope.region}.`;
    return {
      code: 'IdentityNotVerified',
      message,
      state: 'refused',
      reply: sendingReplies.notVerified(unverified, scope.region),
    };
  }
  const doubtful = resolved.find(({ verification }) => verification === 'unknown');
  if (doubtful !== undefined) return unknown('IdentityUnknown', doubtful.problem ?? '');
  const names = [...new Set(resolved.flatMap(({ identity }) => identity?.name ?? []))];
  return ok('IdentityVerified', `SES has verified ${names.join(' and ') || 'the senders'}.`);
}

function judgeAccount(facts: SendingFacts): SendingFinding[] {
  const { account, mail } = facts;
  if ('problem' in account) return [unknown('AccountUnknown', account.problem)];
  const { isSendingEnabled, dailyQuota, sentLast24Hours, hasProductionAccess } = account.value;
  const findings = hasProductionAccess ? [] : [judgeSandbox(facts)];
  if (!isSendingEnabled) {
    const message = 'AWS or somebody has paused sending for the whole account in this Region.';
    findings.push({ code: 'AccountPaused', message, state: 'refused', reply: sendingReplies.accountPaused });
  }
  const isOver = dailyQuota !== undefined && sentLast24Hours + mail.recipients.length > dailyQuota;
  const used = `The account has sent ${sentLast24Hours} of ${dailyQuota ?? 'any number of'} mails in 24 hours`;
  findings.push(
    isOver
      ? { code: 'DailyQuotaReached', message: `${used}.`, state: 'refused', reply: sendingReplies.dailyQuotaExceeded }
      : ok('DailyQuotaLeft', `${used}.`),
  );
  return findings;
}

/** https://docs.aws.amazon.com/ses/latest/dg/request-production-access.html */
function judgeSandbox({ mail, identities, scope }: SendingFacts): SendingFinding {
  const recipients = mail.recipients
    .filter((address) => !isMailboxSimulator(address))
    .map((address) => ({ address, ...resolveIdentity(address, identities) }));
  const refused = recipients.filter(({ verification }) => verification === 'unverified').map(({ address }) => address);
  const why = "The account is in SES's sandbox, so recipients must be verified or of the mailbox simulator";
  if (refused.length > 0) {
    const reply = sendingReplies.notVerified(refused, scope.region);
    return { code: 'SandboxRecipient', message: `${why}: ${refused.join(', ')} is not.`, state: 'refused', reply };
  }
  const doubtful = recipients.find(({ verification }) => verification === 'unknown');
  return doubtful === undefined
    ? ok('SandboxRecipient', `${why}. They are.`)
    : unknown('SandboxUnknown', `${why}. ${doubtful.problem ?? ''}`);
}

/** SES accepts mail to suppressed addresses, and reports a bounce instead of sending it. */
function judgeSuppressions(facts: SendingFacts): SendingFinding[] {
  const { mail, identities, account, configurationSets, suppressions } = facts;
  const findings: SendingFinding[] = [];
  const problems = [...suppressions.values()].flatMap((fact) => ('problem' in fact ? fact.problem : []));
  const set = configurationSets.get(resolveIdentity(mail.from, identities).identity?.configurationSet ?? '');
  const ofSet = set !== undefined && 'value' in set ? set.value?.suppressedReasons : undefined;
  const reasons = ofSet ?? ('value' in account ? account.value.suppressedReasons : undefined);
  for (const [address, fact] of suppressions) {
    if ('problem' in fact || fact.value === undefined) continue;
    if (reasons !== undefined && !reasons.includes(fact.value)) continue;
    const message = `${address} is on the account's suppression list (${fact.value}). SES accepts the mail, doesn't send it, and reports a bounce.`;
    findings.push(ok('RecipientSuppressed', message));
  }
  const [problem] = problems;
  if (problem !== undefined) {
    const message = `Whether ${problems.length} of the recipients are suppressed is not known. SES accepts the mail either way. ${problem}`;
    findings.push({ ...unknown('SuppressionUnknown', message), isOptional: true });
  }
  return findings;
}
