import type { MailFacts } from './mail-facts.ts';
import type { PossibleCause, SmtpExplanation } from './smtp-explanation.ts';
import type { Certainty } from './smtp-rules/smtp-rule.ts';

type Shown = (facts: MailFacts) => Certainty | undefined;

const hasUsername = (kind: 'access-key-id' | 'temporary-access-key-id' | 'other') => (facts: MailFacts) =>
  facts.seen.usernames.has(kind);
const hasPassword =
  (kind: Parameters<MailFacts['seen']['passwords']['has']>[0]): Shown =>
  ({ seen }) =>
    seen.passwords.has(kind) ? 'certain' : undefined;

/** The causes of `535 Authentication Credentials Invalid`, the more frequent first, and how a text shows one of them. */
export const credentialCauses: readonly (Omit<PossibleCause, 'certainty'> & { readonly shown?: Shown })[] = [
  {
    code: 'wrong-region',
    cause:
      'The password was made for another Region than that of the endpoint: each password works in one Region only.',
    remedy: 'Use the endpoint of the Region that the credential belongs to, or derive the password for this Region.',
  },
  {
    code: 'login-not-access-key',
    cause:
      'The login is the name of an IAM user or a mail address. The SMTP username is the id of an access key and begins with AKIA.',
    remedy: 'Use the SMTP username of the credential.',
    shown: (facts) => (hasUsername('other')(facts) && !hasUsername('access-key-id')(facts) ? 'certain' : undefined),
  },
  {
    code: 'secret-as-password',
    cause: 'The secret access key is used as the password. The SMTP password is derived from it and has 44 characters.',
    remedy: 'Use the SMTP password, or derive it from the secret access key.',
    shown: hasPassword('secret-access-key'),
  },
  {
    code: 'password-not-encoded',
    cause:
      'The password stands in a URL and is not percent-encoded, so that its /, + or = changed its meaning; or it is encoded where it should not be.',
    remedy:
      'In a URL such as smtps://USER:PASSWORD@HOST write / as %2F, + as %2B and = as %3D. Anywhere else write the password as it is.',
    shown: ({ seen }) => (seen.hasRawUrlPassword || seen.passwords.has('percent-encoded') ? 'likely' : undefined),
  },
  {
    code: 'password-whitespace',
    cause: 'A blank or a line break was copied with the password.',
    remedy: 'Copy the password again, without what stands around it.',
    shown: hasPassword('with-whitespace'),
  },
  {
    code: 'password-obsolete',
    cause:
      'The password is in the obsolete form (signature version 2, one for all Regions), which most Regions refuse.',
    remedy: 'Derive a new password for the Region, or rotate the credential.',
    shown: (facts) => (hasPassword('obsolete-smtp-password')(facts) ? 'likely' : undefined),
  },
  {
    code: 'temporary-key',
    cause: 'The access key is a temporary one (ASIA...). SMTP works with the keys of IAM users only.',
    remedy: 'Use a credential of an IAM user.',
    shown: (facts) => (hasUsername('temporary-access-key-id')(facts) ? 'certain' : undefined),
  },
  {
    code: 'key-inactive',
    cause: 'The access key is Inactive or deleted: the credential is disabled, suspended or was rotated.',
    remedy: 'Look at the status of the credential. After a rotation give the client the new username and password.',
  },
  {
    code: 'key-not-propagated',
    cause: 'The key is some seconds old, and SES does not know it yet.',
    remedy: 'Try again in a minute.',
  },
  {
    code: 'no-right-to-send',
    cause: 'No policy of the IAM user allows ses:SendRawEmail, or one denies it.',
    remedy: 'Compare the policy in IAM with the record.',
  },
];

/** Adds the causes of a refused login. What the text shows comes first, and then nothing else is guessed. */
export function explainCredentials(facts: MailFacts): Partial<SmtpExplanation> {
  const causes = credentialCauses.map(
    ({ shown, ...cause }) => ({ ...cause, certainty: shown?.(facts) ?? 'possible' }) as const,
  );
  const evident = causes.filter(({ certainty }) => certainty !== 'possible');
  const [first] = evident;
  if (first !== undefined) {
    return { cause: first.cause, remedy: first.remedy, certainty: first.certainty, causes: evident };
  }
  const open = causes.filter(({ code }) => !isRuledOut(code, facts));
  const region = facts.endpointRegion;
  return {
    cause: `SES does not accept this username and password. The reply is the same for all causes${region === undefined ? '' : `; the endpoint is that of ${region}`}.`,
    remedy: 'Check the causes in their order.',
    certainty: 'possible',
    causes: open,
  };
}

/** A username or password of the right form rules the causes out that are a wrong form. */
function isRuledOut(code: string, { seen }: MailFacts): boolean {
  const byUsername = ['login-not-access-key', 'temporary-key'];
  const byPassword = ['secret-as-password', 'password-not-encoded', 'password-whitespace', 'password-obsolete'];
  return (
    (byUsername.includes(code) && seen.usernames.has('access-key-id')) ||
    (byPassword.includes(code) && seen.passwords.has('smtp-password'))
  );
}
