import type { CredentialTable } from '../credential/credential-table.ts';
import { sendingReplies } from '../mail-client/sending-replies.ts';
import { requireRecord } from './require-record.ts';
import { readSendingFacts, type SendingFactsDeps } from './sending-check-facts.ts';
import { judgeSending } from './sending-check-reasons.ts';
import { parseSendingCheck, type SendingCheckRequest } from './sending-check-request.ts';
import type { SendingReason } from './sending-finding.ts';

/** Whether SES would accept a mail now. */
export interface SendingCheck {
  /** Null: nothing refuses it, and something that decides could not be read. */
  readonly accepted: boolean | null;
  /** The reply that SES would give. Empty when `accepted` is null. */
  readonly reply: string;
  /** In the order in which SES checks. The first that refuses gives the reply. */
  readonly reasons: readonly SendingReason[];
}

export interface CheckSendingDeps {
  readonly credentials: Pick<CredentialTable, 'read'>;
  readonly sendingFacts: SendingFactsDeps;
}

/**
 * Foretells SES's reply to a mail of a credential, without sending it. Whatever can't be read is said to be unknown.
 *
 * @throws SesameError `InvalidCheck`, permanent; `CredentialNotFound`, permanent; or what the table throws
 */
export async function checkSending(
  request: SendingCheckRequest,
  { credentials, sendingFacts }: CheckSendingDeps,
): Promise<SendingCheck> {
  const mail = parseSendingCheck(request);
  const record = await requireRecord(mail.username, credentials);
  const findings = judgeSending(await readSendingFacts(mail, record, sendingFacts));
  const reasons = findings.map(({ code, message, state }) => ({ code, message, state }));
  const refused = findings.find(({ state }) => state === 'refused');
  if (refused !== undefined) return { accepted: false, reply: refused.reply ?? '', reasons };
  const isUnknown = findings.some(({ state, isOptional }) => state === 'unknown' && isOptional !== true);
  return isUnknown
    ? { accepted: null, reply: '', reasons }
    : { accepted: true, reply: sendingReplies.accepted, reasons };
}
