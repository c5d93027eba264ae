import type { AccessKey } from '../credential/iam/iam-users.ts';
import type { KeyStates } from '../credential/iam/key-states.ts';
import type { PolicySimulator } from '../credential/iam/policy-simulator.ts';
import { isMailboxSimulator } from '../credential/iam/sending-policy.ts';
import type { SendingScope } from '../credential/record/desired-state.ts';
import { type CredentialRecord, iamUserNameOfArn } from '../credential/record/record.ts';
import type {
  ConfigurationSet,
  EmailIdentity,
  SendingAccount,
  SendingAccountState,
  SuppressionReason,
} from '../deliverability/sending-account.ts';
import { findNewName } from './find-new-name.ts';
import { identityNamesOf, resolveIdentity } from './sending-check-identity.ts';
import { type PolicyAnswers, readPolicyAnswers } from './sending-check-policy.ts';
import type { CheckedMail } from './sending-check-request.ts';
import { type Fact, type Facts, learn, learnEach } from './sending-fact.ts';

export interface SendingFactsDeps {
  readonly keys: KeyStates;
  readonly simulator: PolicySimulator;
  readonly account: SendingAccount;
  readonly scope: SendingScope;
  readonly now: () => number;
}

/** Everything that decides about a mail. */
export interface SendingFacts {
  readonly mail: CheckedMail;
  readonly record: CredentialRecord;
  readonly scope: SendingScope;
  readonly nowMs: number;
  /** The ARN of the IAM user, also after somebody renamed it. Undefined: the record has none. */
  readonly userArn: string | undefined;
  /** Undefined: there is no such user. */
  readonly keys: Fact<readonly AccessKey[] | undefined>;
  readonly policy: PolicyAnswers;
  /** By name with the domain in lower case. */
  readonly identities: Facts<EmailIdentity | undefined>;
  readonly configurationSets: Facts<ConfigurationSet | undefined>;
  readonly account: Fact<SendingAccountState>;
  readonly suppressions: Facts<SuppressionReason | undefined>;
}

/** Reads all facts: most in parallel, and the few that depend on others after them. */
export async function readSendingFacts(
  mail: CheckedMail,
  record: CredentialRecord,
  deps: SendingFactsDeps,
): Promise<SendingFacts> {
  const { account, scope, now } = deps;
  const nowMs = now();
  const setNames = scope.configurationSet === undefined ? [] : [scope.configurationSet];
  const findIdentities = (addresses: readonly string[]) =>
    learnEach([...new Set(addresses.flatMap(identityNamesOf))], 'ses:GetEmailIdentity', account.findIdentity);
  const findSets = (names: readonly string[]) =>
    learnEach(names, 'ses:GetConfigurationSet', account.findConfigurationSet);
  const askPolicy = (userArn: string | undefined, sets: readonly string[]) =>
    readPolicyAnswers({ mail, userArn, scope, sets, nowMs }, deps.simulator);

  const [keys, policy, identities, sets, state, suppressions] = await Promise.all([
    readKeys(record.iamUserArn, deps.keys),
    askPolicy(record.iamUserArn, setNames),
    findIdentities([mail.from, mail.envelope]),
    findSets(setNames),
    learn('ses:GetAccount', () => account.readState()),
    learnEach(mail.recipients, 'ses:GetSuppressedDestination', account.findSuppression),
  ]);

  const renamed = await findRenamed(record, keys, deps.keys);
  const userArn = renamed?.userArn ?? record.iamUserArn;
  const { identity } = resolveIdentity(mail.from, identities);
  const otherSets = [identity?.configurationSet].filter((name) => name !== undefined && !sets.has(name)) as string[];
  const isSandboxed = 'value' in state && !state.value.hasProductionAccess;
  const [policyNow, moreSets, recipientIdentities] = await Promise.all([
    renamed === undefined && otherSets.length === 0 ? policy : askPolicy(userArn, [...setNames, ...otherSets]),
    findSets(otherSets),
    findIdentities(isSandboxed ? mail.recipients.filter((address) => !isMailboxSimulator(address)) : []),
  ]);
  return {
    mail,
    record,
    scope,
    nowMs,
    userArn,
    keys: renamed?.keys ?? keys,
    policy: policyNow,
    identities: new Map([...recipientIdentities, ...identities]),
    configurationSets: new Map([...sets, ...moreSets]),
    account: state,
    suppressions,
  };
}

function readKeys(userArn: string | undefined, keys: KeyStates): Promise<SendingFacts['keys']> {
  return learn('iam:ListAccessKeys', async () =>
    userArn === undefined ? undefined : keys.list(iamUserNameOfArn(userArn)),
  );
}

/** Where somebody renamed the IAM user, it still has its keys and policies, and sends as before. */
async function findRenamed(
  record: CredentialRecord,
  keys: SendingFacts['keys'],
  states: KeyStates,
): Promise<(Pick<SendingFacts, 'keys'> & { readonly userArn: string }) | undefined> {
  const { iamUserArn } = record;
  const isMissing = 'value' in keys && keys.value === undefined;
  if (!isMissing || iamUserArn === undefined) return undefined;
  const name = await findNewName(record, states);
  if ('problem' in name) return { keys: name, userArn: iamUserArn };
  if (name.value === undefined) return undefined;
  const userArn = iamUserArn.slice(0, iamUserArn.lastIndexOf('/') + 1) + name.value;
  return { keys: await readKeys(userArn, states), userArn };
}
