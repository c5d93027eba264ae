import type { MailFacts } from './mail-facts.ts';
import type { PossibleCause, SmtpExplanation } from './smtp-explanation.ts';

const identityPattern = /:identity\/([^\s'"`]{1,320})/;
const configurationSetPattern = /:configuration-set\/([\w-]{1,64})/;

const senderCase: PossibleCause = {
  code: 'sender-case',
  cause:
    'The address is spelled with other upper and lower case than in allowed_from_addresses: IAM compares each letter.',
  remedy: 'Write the address in the client as the record has it, in From and in the envelope.',
  certainty: 'possible',
};

const others: readonly PossibleCause[] = [
  {
    code: 'sender-not-allowed',
    cause: 'No pattern in allowed_from_addresses covers the From address.',
    remedy: 'Send as an address that one covers, or have it added to the record.',
    certainty: 'possible',
  },
  senderCase,
  {
    code: 'envelope-sender-not-allowed',
    cause: 'The envelope sender (Return-Path) is not one of allowed_envelope_senders.',
    remedy: 'Set the same address in the envelope as in From, or have the envelope sender added to the record.',
    certainty: 'possible',
  },
  {
    code: 'recipient-not-allowed',
    cause: 'A recipient is not covered by allowed_recipients, or the record has sandbox set.',
    remedy: 'Send to covered recipients only, or have them added to the record.',
    certainty: 'possible',
  },
  {
    code: 'source-ip-not-allowed',
    cause: 'The client sends from an IP address outside of allowed_source_ips.',
    remedy: 'Send from an address that they cover, or have it added. SES sees the public address, not a private one.',
    certainty: 'possible',
  },
  {
    code: 'credential-denied',
    cause:
      'The credential is contained, suspended or past valid_until, or a policy of the organization denies sending.',
    remedy: 'Look at the status of the record, and at service control policies.',
    certainty: 'possible',
  },
];

/** Adds what the ARN in `554 Access denied` and the addresses of the text show. SES never names the sender that it refused. */
export function explainDenied(reply: string, { senders, recipients }: MailFacts): Partial<SmtpExplanation> {
  const identity = identityPattern.exec(reply)?.[1];
  if (identity !== undefined && !has(senders, identity) && has(recipients, identity)) {
    return {
      code: 'recipient-identity-denied',
      cause: `The credential has no right to the identity ${identity}, a recipient: in the sandbox SES asks for rights to the recipients' identities, too.`,
      remedy: 'Ask AWS for production access, or let the policy of the credential cover the identity.',
      certainty: 'likely',
    };
  }
  const spelled = [...senders].find((sender) => sender !== sender.toLowerCase());
  if (spelled !== undefined) {
    return {
      code: senderCase.code,
      cause: `The text shows ${spelled} as a sender. IAM compares upper and lower case, so it is not the same as ${spelled.toLowerCase()}.`,
      remedy: `${senderCase.remedy} If it is spelled so there, look at the other causes.`,
      certainty: 'likely',
      causes: [{ ...senderCase, certainty: 'likely' }, ...others.filter(({ code }) => code !== senderCase.code)],
    };
  }
  const where = identity === undefined ? '' : ` The identity is ${identity}.`;
  return { cause: `The credential may not send this mail.${where}`, certainty: 'certain', causes: others };
}

/** Names the configuration set that the credential may not use. */
export function explainConfigurationSet(reply: string): Partial<SmtpExplanation> {
  const name = configurationSetPattern.exec(reply)?.[1];
  return name === undefined ? {} : { cause: `The credential may not send with the configuration set ${name}.` };
}

function has(addresses: ReadonlySet<string>, address: string): boolean {
  return [...addresses].some((each) => each.toLowerCase() === address.toLowerCase());
}
