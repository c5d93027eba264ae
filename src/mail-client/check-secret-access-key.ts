import { classifyPassword } from './credential-kind.ts';

/** Why a text can't be a secret access key. Never contains the text. */
export interface SecretAccessKeyProblem {
  /** Stable word for programs. */
  readonly code:
    | 'secret-empty'
    | 'secret-whitespace'
    | 'access-key-id-given'
    | 'smtp-password-given'
    | 'obsolete-smtp-password-given'
    | 'secret-length'
    | 'secret-characters';
  readonly message: string;
}

const secretLength = 40;
const derive = 'Give the secret access key that belongs to the SMTP username.';

/**
 * Says why a text can't be a secret access key, from which an SMTP password is derived; undefined if it can be one.
 * Every text gives a password, and a wrong one shows only when SES answers 535. Cut the line break off before.
 */
export function checkSecretAccessKey(text: string): SecretAccessKeyProblem | undefined {
  if (text === '') return { code: 'secret-empty', message: `The secret is empty. ${derive}` };
  switch (classifyPassword(text)) {
    case 'secret-access-key':
      return undefined;
    case 'with-whitespace':
      return {
        code: 'secret-whitespace',
        message:
          'The secret contains a blank, a tab or a line break. Give the secret access key alone, without its name.',
      };
    case 'access-key-id':
      return {
        code: 'access-key-id-given',
        message: `This is the id of an access key: the SMTP username, not the secret. ${derive}`,
      };
    case 'smtp-password':
      return {
        code: 'smtp-password-given',
        message: `This is an SMTP password already. It works in the Region that it was made for. ${derive}`,
      };
    case 'obsolete-smtp-password':
      return {
        code: 'obsolete-smtp-password-given',
        message: `This is an SMTP password in the obsolete form (version 2, one for all Regions), which SES no longer takes everywhere. ${derive}`,
      };
    default:
      return describeForm(text);
  }
}

function describeForm(text: string): SecretAccessKeyProblem {
  const form = `A secret access key has ${secretLength} characters: letters, digits, / and +.`;
  return text.length === secretLength
    ? { code: 'secret-characters', message: `${form} This has others.` }
    : { code: 'secret-length', message: `${form} This has ${text.length}.` };
}

/** Says why an SMTP password can't be turned back into the secret access key. */
export function explainDecode(): string {
  return (
    'An SMTP password cannot be decoded. Its base64 holds a version byte and an HMAC-SHA256 of the secret access key and the ' +
    'Region, and an HMAC cannot be reversed. AWS shows a secret access key once, when it is made: if it is lost, make a new key.'
  );
}
