import { guide, type SmtpRule } from './smtp-rule.ts';

const troubleshooting = guide('troubleshoot-smtp');
const firstDigits = 'https://www.rfc-editor.org/rfc/rfc5321#section-4.2.1';

/** A reply that no rule knows is explained by its first digit, as RFC 5321 defines it. */
export function unknownRule(code: number): SmtpRule {
  return code < 500
    ? {
        code: 'unknown-reply',
        sample: '459 ...',
        cause: 'A passing refusal: the server could not do it just now.',
        remedy: 'Try again later, with longer and longer pauses.',
        link: firstDigits,
        isTemporary: true,
        certainty: 'possible',
      }
    : {
        code: 'unknown-reply',
        sample: '559 ...',
        cause: 'A final refusal: the server will refuse the same again.',
        remedy: 'Correct what the reply names before you send again.',
        link: firstDigits,
        certainty: 'possible',
      };
}

/** A text without any known problem. */
export const unknownText: SmtpRule = {
  code: 'unknown-reply',
  sample: '',
  cause: 'The text holds no reply and no message that is known.',
  remedy: 'Give the reply of the server with its three digits, for example from the debug log of the mail client.',
  link: troubleshooting,
  certainty: 'possible',
};

/** A text in which SES takes everything. */
export const acceptedRule: SmtpRule = {
  code: 'accepted',
  sample: '250 Ok 01010160d7de98d8-21e57d9a-JZho-416c-bbe1-8ebaAexample-000000',
  cause: 'SES accepted this. Whether it is delivered shows later, in an event or a bounce.',
  remedy: 'Nothing to do. If the mail does not arrive, look for its bounce or at the suppression list.',
  link: troubleshooting,
};
