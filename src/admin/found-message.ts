import type { CredentialTable } from '../credential/credential-table.ts';
import type { SendingScope } from '../credential/record/desired-state.ts';
import type { CredentialRecord } from '../credential/record/record.ts';
import {
  findSuppressed,
  type SuppressedAddress,
  type SuppressedAddresses,
} from '../deliverability/suppressed-addresses.ts';
import { parseMailbox } from '../mail-events/address-list.ts';
import { classifyIdentity } from '../mail-events/caller-identity.ts';
import type { MailEvent } from '../mail-events/mail-event.ts';
import { findMissingEvents, type NotKnown } from '../mail-events/missing-events.ts';
import { type RecipientStanding, readRecipientStates } from '../mail-events/recipient-states.ts';
import { readRecipient } from '../mail-events/recipients.ts';
import { judgeSender, type Verdict } from '../mail-events/sender-verdict.ts';
import type { CredentialLookup } from '../mail-events/stores.ts';
import type { TracedMessage } from '../mail-events/traced-message.ts';
import { createCachedCredentials } from './cached-credentials.ts';
import { type Fact, learn } from './sending-fact.ts';

/** A mail, where it is, and what isn't known about that. */
export interface FoundMessage {
  readonly messageId: string;
  readonly clientMessageIds: readonly string[];
  /** The record that sent it; null if there is none now. */
  readonly credential: string | null;
  /** The IAM user, as SES names the sender. */
  readonly iamUser: string | undefined;
  readonly from: string;
  readonly envelopeFrom: string | undefined;
  readonly to: readonly string[];
  /** When SES took it (ISO 8601). */
  readonly at: string;
  readonly recipients: readonly FoundRecipient[];
  readonly events: readonly MailEvent[];
  readonly verdict: SenderJudgement;
  readonly unknown: readonly NotKnown[];
}

export interface FoundRecipient extends RecipientStanding {
  /** Its entry on the suppression list now; null: it has none. Undefined: not asked, or not known. */
  readonly suppression?: SuppressedAddress | null;
}

/** What the rule for senders says of the mail, by the record as it is now. */
export interface SenderJudgement {
  readonly code: Verdict['verdict'];
  /** When the record was read (ISO 8601): it may have been another one when the mail was sent. */
  readonly asOf: string;
  /** Senders that the record doesn't allow, if any. */
  readonly senders: readonly { readonly where: string; readonly address: string }[];
}

export interface DescribeMessagesDeps {
  readonly credentials: Pick<CredentialTable, 'read'>;
  readonly findUsernames: CredentialLookup['findUsernames'];
  readonly suppressed: SuppressedAddresses;
  readonly scope: SendingScope;
  readonly now: () => number;
}

/** At most so many addresses are looked up on the suppression list: SES allows few of these calls in a second. */
const maxLookups = 5;

/** Adds to mails whose they are, how they stand, and the suppression list's entries of recipients that didn't get them. */
export async function describeMessages(
  traced: readonly TracedMessage[],
  { recipient, readsSuppressions }: { readonly recipient: string | undefined; readonly readsSuppressions: boolean },
  deps: DescribeMessagesDeps,
): Promise<FoundMessage[]> {
  const records = await findRecords(traced, deps);
  const standings = traced.map(({ to, events }) => readRecipientStates(to, events));
  const missed = readsSuppressions
    ? standings.flat().filter(({ state, address }) => state !== 'delivered' && isWanted(address, recipient))
    : [];
  const suppressions = await readSuppressions(missed, deps);
  const asOf = new Date(deps.now()).toISOString();
  return traced.map((message, index) => {
    const { evidence, events, sentAtMs } = message;
    const { callerIdentity } = evidence;
    const record = callerIdentity === undefined ? undefined : records.get(callerIdentity);
    const found = judgeSender(evidence, record, { scope: deps.scope, now: deps.now });
    const recipients = (standings[index] ?? []).map((standing): FoundRecipient => {
      const fact = suppressions.get(standing.address);
      return fact !== undefined && 'value' in fact ? { ...standing, suppression: fact.value ?? null } : standing;
    });
    const problems = recipients.flatMap(({ address }) => {
      const fact = suppressions.get(address);
      return fact !== undefined && 'problem' in fact ? [fact.problem] : [];
    });
    return {
      messageId: message.messageId,
      clientMessageIds: message.clientMessageIds,
      credential: record?.username ?? null,
      iamUser: callerIdentity,
      from: message.from,
      envelopeFrom: message.envelopeFrom,
      to: message.to,
      at: new Date(sentAtMs).toISOString(),
      recipients,
      events,
      verdict: {
        code: found.verdict,
        asOf,
        senders: 'senders' in found ? found.senders.map(({ where, address }) => ({ where, address })) : [],
      },
      unknown: [
        ...findMissingEvents(message.to, events),
        ...(record === undefined ? [noRecord(callerIdentity)] : []),
        ...[...new Set(problems)].map((message): NotKnown => ({ code: 'SuppressionUnread', message })),
      ],
    };
  });
}

function noRecord(callerIdentity: string | undefined): NotKnown {
  const identity = classifyIdentity(callerIdentity);
  if (identity.kind === 'own-form')
    return { code: 'CredentialGone', message: `No record belongs to the IAM user ${identity.iamUserName} now.` };
  return {
    code: 'CredentialUnknown',
    message: `No credential of Sesame sent it, but ${identity.identity ?? 'somebody whom SES does not name'}.`,
  };
}

function isWanted(address: string, recipient: string | undefined): boolean {
  return recipient === undefined || readRecipient(address) === recipient;
}

/** The records of those who sent, by the identity in the events. */
async function findRecords(
  traced: readonly TracedMessage[],
  { credentials, findUsernames, now }: DescribeMessagesDeps,
): Promise<ReadonlyMap<string, CredentialRecord>> {
  const found = createCachedCredentials({
    lookup: {
      findUsernames,
      async readMany(usernames) {
        const read = await Promise.all(usernames.map(async (name) => [name, await credentials.read(name)] as const));
        return new Map(read.flatMap(([name, item]) => (item === undefined ? [] : [[name, item]])));
      },
    },
    credentials,
    cacheSeconds: 60,
    now,
  });
  const identities = new Set(traced.flatMap(({ evidence }) => evidence.callerIdentity ?? []));
  const records = [...identities].map(async (name) => {
    const identity = classifyIdentity(name);
    const record = identity.kind === 'own-form' ? await found.find(identity.iamUserName) : undefined;
    return record === undefined ? [] : [[name, record] as const];
  });
  return new Map((await Promise.all(records)).flat());
}

/** By the address as the events have it: SES's list knows it in that spelling, or in lower case. */
async function readSuppressions(
  missed: readonly RecipientStanding[],
  { suppressed }: DescribeMessagesDeps,
): Promise<ReadonlyMap<string, Fact<SuppressedAddress | undefined>>> {
  const addresses = [...new Set(missed.map(({ address }) => address))].slice(0, maxLookups);
  const facts = addresses.map(
    async (address) =>
      [
        address,
        await learn('ses:GetSuppressedDestination', () =>
          findSuppressed(parseMailbox(address)?.address ?? address, suppressed),
        ),
      ] as const,
  );
  return new Map(await Promise.all(facts));
}
