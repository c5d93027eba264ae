import { documentedReplies } from './documented-replies.ts';
import type { SmtpRule } from './smtp-rule.ts';

/** Documented replies as mail libraries and SDKs show them: the words alone, sometimes with another code. */
export const repliesWithoutCode: readonly SmtpRule[] = [
  show('throttled-daily', 'Daily message quota exceeded', /daily (?:message|sending) quota exceeded/i),
  show('throttled-rate', 'Maximum sending rate exceeded', /maximum send(?:ing)? rate exceeded/i),
  show(
    'sender-denied',
    "User `arn:aws:iam::123456789012:user/jane' is not authorized to perform `ses:SendRawEmail'",
    /not authorized to perform.{0,9}ses:Send/i,
  ),
  show(
    'identity-unverified',
    'Message rejected: Email address is not verified. The following identities failed the check',
    /email address (?:is )?not verified|identities failed the check/i,
  ),
  show('credentials-wrong', 'Authentication Credentials Invalid', /authentication credentials invalid/i),
];

function show(code: string, sample: string, words: RegExp): SmtpRule {
  const documented = documentedReplies.find((rule) => rule.code === code);
  if (documented === undefined) throw new Error(`No documented reply has the code ${code}.`);
  const { cause, remedy, link, isTemporary = false } = documented;
  return { code, sample, words, isDistinct: true, cause, remedy, link, isTemporary };
}
