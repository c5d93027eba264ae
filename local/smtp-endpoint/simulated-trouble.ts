import { type SmtpReply, sesReplies } from './ses-replies.ts';

/**
 * Recipients `chaos+LABEL@simulator.amazonses.com` make the endpoint answer as SES does in trouble, so that people can test their mail programs. They exist
 * here only: on AWS the label is ignored, and the address is unknown. `suppressed` bounces after the 250, see simulate-recipient.ts.
 */
const troubles: Readonly<Record<string, { readonly at: 'recipient' | 'message'; readonly reply: () => SmtpReply }>> = {
  '454': { at: 'message', reply: sesReplies.sendingRateExceeded },
  '454-daily': { at: 'message', reply: sesReplies.dailyQuotaExceeded },
  '451': { at: 'message', reply: sesReplies.serviceFailure },
  '451-idle': { at: 'recipient', reply: sesReplies.idleTooLong },
  '421': { at: 'recipient', reply: sesReplies.tooManyConnections },
};

/** The first trouble that one of the recipients asks for at this point of the dialogue. */
export function findTrouble(recipients: readonly string[], at: 'recipient' | 'message'): SmtpReply | undefined {
  for (const recipient of recipients) {
    const label = /^chaos\+([^@]*)@simulator\.amazonses\.com$/i.exec(recipient)?.[1]?.toLowerCase() ?? '';
    const trouble = Object.hasOwn(troubles, label) ? troubles[label] : undefined;
    if (trouble?.at === at) return trouble.reply();
  }
  return undefined;
}
