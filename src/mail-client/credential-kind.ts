/** What a text in place of an SMTP password is, by its form. */
export type PasswordKind =
  | 'smtp-password'
  | 'obsolete-smtp-password'
  | 'secret-access-key'
  | 'access-key-id'
  | 'percent-encoded'
  | 'with-whitespace'
  | 'other';

/** What a text in place of an SMTP username is, by its form. */
export type UsernameKind = 'access-key-id' | 'temporary-access-key-id' | 'other';

/** SES's password is the base64 of a version byte and 32 bytes of HMAC: 44 characters without padding. */
const encodedPassword = /^[A-Za-z0-9+/]{44}$/;
const accessKeyId = /^(?:AKIA|ASIA)[A-Z0-9]{12,124}$/;

/** Tells by its form what a password is. The text is only looked at, never returned. */
export function classifyPassword(text: string): PasswordKind {
  if (/\s/.test(text)) return 'with-whitespace';
  if (encodedPassword.test(text)) {
    const version = Buffer.from(text, 'base64')[0];
    if (version === 4) return 'smtp-password';
    if (version === 2) return 'obsolete-smtp-password';
  }
  if (accessKeyId.test(text)) return 'access-key-id';
  if (/^[A-Za-z0-9+/]{40}$/.test(text)) return 'secret-access-key';
  return /%(?:2[BF]|3D)/i.test(text) ? 'percent-encoded' : 'other';
}

/** Tells by its form what a username is. SES takes the id of an access key of an IAM user only. */
export function classifyUsername(text: string): UsernameKind {
  if (!accessKeyId.test(text)) return 'other';
  return text.startsWith('AKIA') ? 'access-key-id' : 'temporary-access-key-id';
}
