import { authorizeSending, type FromAddressReading } from './authorize-sending.ts';
import { findActiveAccount } from './log-in.ts';
import type { AcceptedMail } from './mailbox.ts';
import { readHeaders } from './read-headers.ts';
import { replaceIds } from './replace-ids.ts';
import type { SendingQuota } from './sending-quota.ts';
import { matchIdentity, type SesIdentities } from './ses-identities.ts';
import { makeSesMessageId } from './ses-message-id.ts';
import { SmtpReply, sesReplies, withCause } from './ses-replies.ts';
import { replyOf, type Trouble, troubleOf } from './simulated-trouble.ts';
import type { SmtpAccounts } from './smtp-accounts.ts';

/** What the endpoint needs to decide on a message. */
export interface AcceptingContext {
  readonly region: string;
  readonly accountId: string;
  readonly accounts: SmtpAccounts;
  readonly identities: SesIdentities;
  readonly quota: SendingQuota;
  readonly fromAddress?: FromAddressReading | undefined;
  /** Whether every message gets SES's Message-ID and Date. */
  readonly replacesIds?: boolean | undefined;
  readonly now: () => Date;
}

/** A message as the client submitted it. */
export interface SubmittedMessage {
  readonly accessKeyId: string;
  readonly envelope: { readonly from: string; readonly to: readonly string[] };
  readonly raw: Buffer;
  readonly sourceIp: string;
  readonly tls: 'starttls' | 'implicit';
  /** What `--chaos` plays with it. */
  readonly trouble?: Trouble | undefined;
}

/** https://docs.aws.amazon.com/ses/latest/dg/quotas.html */
const maxRecipients = 50;

/**
 * Accepts or refuses one message by the current policies and key status.
 *
 * @returns the mail, ready for the mailbox
 * @throws SmtpReply with SES's refusal; 451 when the emulator doesn't answer
 */
export async function acceptMessage(context: AcceptingContext, message: SubmittedMessage): Promise<AcceptedMail> {
  const { region, accountId } = context;
  if (message.envelope.to.length > maxRecipients) {
    throw sesReplies.tooManyRecipients();
  }
  const headers = readHeaders(message.raw);
  const account = await findActiveAccount(context.accounts, message.accessKeyId, sesReplies.serviceFailure);
  const [permissions, identities] = await orServiceFailure(
    Promise.all([context.accounts.findPermissions(account.userName), context.identities.list()]),
  );
  if (!permissions) {
    throw sesReplies.credentialsInvalid();
  }
  const configurationSets = await findConfigurationSets(context, headers.configurationSets, () =>
    headers.from.flatMap(({ address }) => matchIdentity(address, identities)?.defaultConfigurationSet ?? []),
  );
  const now = context.now();
  await orServiceFailure(
    authorizeSending({
      region,
      accountId,
      fromAddress: context.fromAddress ?? 'both',
      userName: account.userName,
      permissions,
      identities,
      envelopeFrom: message.envelope.from,
      from: headers.from,
      otherSenders: headers.otherSenders,
      recipients: message.envelope.to,
      configurationSets,
      identityArns: headers.identityArns,
      sourceIp: message.sourceIp,
      now,
    }),
  );
  const troubles = [message.trouble, ...message.envelope.to.map(troubleOf)];
  const refusal = troubles.map((trouble) => replyOf(trouble, 'message')).find((reply) => reply !== undefined);
  if (refusal !== undefined) throw refusal;
  const taken = context.quota.take(message.envelope.to.length);
  if (taken !== 'taken') {
    throw taken === 'rate' ? sesReplies.sendingRateExceeded() : sesReplies.dailyQuotaExceeded();
  }
  const id = makeSesMessageId(region, now);
  const isReplaced = context.replacesIds === true || troubles.includes('message-id');
  return {
    id,
    acceptedAt: now,
    userName: account.userName,
    userArn: permissions.userArn,
    accessKeyId: account.accessKeyId,
    envelope: message.envelope,
    from: headers.from.map(({ address }) => address),
    to: headers.to,
    subject: headers.subject,
    messageIdHeader: headers.messageId,
    configurationSet: configurationSets[0],
    tags: headers.tags,
    sourceIp: message.sourceIp,
    tls: message.tls,
    size: message.raw.length,
    raw: message.raw,
    ...(isReplaced ? { delivered: replaceIds(message.raw, { id, region, at: now }) } : {}),
    ...(message.trouble === 'suppressed' ? { isSuppressed: true } : {}),
  };
}

/** The configuration sets that the message names, or else the defaults of its senders' identities. */
async function findConfigurationSets(
  { identities }: AcceptingContext,
  named: readonly string[],
  findDefaults: () => string[],
): Promise<string[]> {
  const own = named.filter((name) => name !== '');
  // An identity may still name a default set that was deleted: then every mail is refused.
  // https://docs.aws.amazon.com/ses/latest/dg/managing-configuration-sets.html
  const sets = [...new Set(own.length > 0 ? own : findDefaults())];
  for (const name of sets) {
    if (!(await orServiceFailure(identities.hasConfigurationSet(name)))) {
      throw sesReplies.noConfigurationSet(name);
    }
  }
  return sets;
}

/** Any error other than a reply is a fault behind the endpoint, so the client may try again. */
async function orServiceFailure<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof SmtpReply ? error : withCause(sesReplies.serviceFailure(), error);
  }
}
