import { documentedReplies } from './smtp-rules/documented-replies.ts';
import type { SmtpReplyClass, SmtpRule } from './smtp-rules/smtp-rule.ts';

export interface SmtpReplyExplanation {
  readonly class: SmtpReplyClass;
  /** The same attempt may succeed later without any change. */
  readonly isTemporary: boolean;
  /** What it means, in a sentence. */
  readonly meaning: string;
  /** What to do about it, in a sentence. */
  readonly remedy: string;
}

/**
 * Explains a reply of the SES SMTP endpoint in plain words. `text` may start with the code. Codes that SES does not
 * document are explained by their first digit, as RFC 5321 defines it. `explainSmtpText` knows more texts.
 */
export function explainSmtpReply(code: number, text: string): SmtpReplyExplanation {
  const words = text.replace(/^\d{3}[ -]?/, '').trim();
  const rule = findRule(documentedReplies, code, words);
  const isTemporary = code >= 400 && code < 500;
  if (rule !== undefined) return { class: rule.class, isTemporary, meaning: rule.cause, remedy: rule.remedy };
  if (code >= 200 && code < 400) return { class: 'ok', isTemporary, meaning: 'It worked.', remedy: 'Nothing to do.' };
  if (isTemporary) {
    return { class: 'transient', isTemporary, meaning: 'It does not work just now.', remedy: 'Try again later.' };
  }
  return {
    class: 'permanent',
    isTemporary,
    meaning: 'SES refuses this, and will refuse it again.',
    remedy: 'Correct what the reply names.',
  };
}

/** The first rule for this reply. */
export function findRule<R extends SmtpRule>(rules: readonly R[], code: number, words: string): R | undefined {
  return rules.find((rule) => rule.replyCodes?.includes(code) === true && rule.words?.test(words) !== false);
}
