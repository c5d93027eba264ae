import { explainCredentials } from './explain-credentials.ts';
import { explainConfigurationSet, explainDenied } from './explain-denied.ts';
import { explainUnverified } from './explain-unverified.ts';
import type { MailFacts } from './mail-facts.ts';
import type { SmtpExplanation } from './smtp-explanation.ts';
import type { SmtpRule } from './smtp-rules/smtp-rule.ts';

/** A place in a text that a rule explains. */
export interface Finding {
  readonly rule: SmtpRule;
  /** The reply or message. */
  readonly shown: string;
}

/** Explains one finding with what the rest of the text shows. */
export function explainFinding({ rule, shown }: Finding, facts: MailFacts): SmtpExplanation {
  return {
    code: rule.code,
    ...(shown === '' ? {} : { reply: shown }),
    cause: rule.cause,
    remedy: rule.remedy,
    link: rule.link,
    isTemporary: rule.isTemporary === true,
    certainty: rule.certainty ?? 'certain',
    ...refine(rule.code, shown, facts),
  };
}

function refine(code: string, shown: string, facts: MailFacts): Partial<SmtpExplanation> {
  switch (code) {
    case 'credentials-wrong':
      return explainCredentials(facts);
    case 'sender-denied':
      return explainDenied(shown, facts);
    case 'configuration-set-denied':
      return explainConfigurationSet(shown);
    case 'identity-unverified':
      return explainUnverified(shown, facts);
    case 'connection-timeout':
      return facts.namesPort25
        ? {
            cause: 'No answer on port 25: EC2 and many providers block or throttle it.',
            certainty: 'likely',
            link: 'https://repost.aws/knowledge-center/ec2-port-25-throttle',
          }
        : {};
    default:
      return {};
  }
}
