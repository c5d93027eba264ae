import { classifyPassword, classifyUsername, type PasswordKind, type UsernameKind } from './credential-kind.ts';
import { hiddenMark, hideDialogAnswers } from './hide-dialog-answers.ts';

/** What the credentials in a text look like. The text itself is not kept. */
export interface SeenCredentials {
  readonly usernames: ReadonlySet<UsernameKind>;
  readonly passwords: ReadonlySet<PasswordKind>;
  /** A URL holds a password with a character that has to be percent-encoded. */
  readonly hasRawUrlPassword: boolean;
}

const mechanisms = new Set([
  'PLAIN',
  'LOGIN',
  'CRAM-MD5',
  'XOAUTH2',
  'NTLM',
  'DIGEST-MD5',
  'SCRAM-SHA-256',
  'EXTERNAL',
]);
const authCommand = /\b(AUTH[ \t]{1,9}(PLAIN|LOGIN|XOAUTH2|CRAM-MD5|NTLM)[ \t]{1,9})([A-Za-z0-9+/=_-]+)/gi;
const urlWithPassword = /\b(smtps?:\/\/)([^\s:@/'"]{0,200}):([^\s@'"]{1,300})@/gi;
const passwordSetting = /(pass(?:word|wd|phrase)?["']?[ \t]{0,5}[:=]>?[ \t]{0,5}["']?)([^\s"',;]{2,300})/gi;
const usernameSetting = /\busername["']?(?: is|:| =|=)? ?["']([^\s"']{1,200})["']/gi;
const longToken = /(?<![A-Za-z0-9+/=])[A-Za-z0-9+/]{40,}={0,2}/g;
const anyToken = /[A-Za-z0-9+/_-]{6,}={0,2}/g;

/** Removes what can be a credential, and says what it looked like. Nothing behind this function sees the original text. */
export function hideCredentials(original: string): { readonly text: string; readonly seen: SeenCredentials } {
  const usernames = new Set<UsernameKind>();
  const passwords = new Set<PasswordKind>();
  const secrets = new Set<string>();
  let hasRawUrlPassword = false;
  const seeUsername = (username: string) => usernames.add(classifyUsername(username));
  const seePassword = (password: string) => {
    // A plain word may also stand in the reply: without it the reply could not be explained.
    if (!/^[A-Za-z]?[a-z]+$/.test(password)) secrets.add(password);
    passwords.add(classifyPassword(password));
  };
  /** `authorisation NUL username NUL password`, as RFC 4616 defines it. */
  const seePlain = (message: string) => {
    const [, username, password] = message.split('\0');
    if (username === undefined || password === undefined) return;
    seeUsername(username);
    seePassword(password);
  };

  const text = hideDialogAnswers(original, (challenge, token) => {
    secrets.add(token);
    const answer = decode(token);
    if (challenge === 'username') seeUsername(answer);
    else if (challenge === 'password') seePassword(answer);
    else seePlain(answer);
  })
    .replace(authCommand, (whole, lead: string, mechanism: string, token: string) => {
      if (mechanisms.has(token.toUpperCase())) return whole;
      secrets.add(token);
      if (/plain/i.test(mechanism)) seePlain(decode(token));
      if (/login/i.test(mechanism)) seeUsername(decode(token));
      return `${lead}${hiddenMark}`;
    })
    .replace(urlWithPassword, (_, scheme: string, username: string, password: string) => {
      secrets.add(password);
      seeUsername(username);
      seePassword(percentDecode(password));
      if (/[/+=]/.test(password)) hasRawUrlPassword = true;
      return `${scheme}${username}:${hiddenMark}@`;
    })
    .replace(passwordSetting, (whole, lead: string, value: string) => {
      if (/^\d{3}$/.test(value) || value === hiddenMark) return whole;
      seePassword(value);
      return `${lead}${hiddenMark}`;
    })
    .replace(usernameSetting, (whole, username: string) => {
      if (username !== hiddenMark) seeUsername(username);
      return whole;
    })
    .replace(longToken, (token) => (looksRandom(token) ? hiddenMark : token));
  // A secret may stand a second time elsewhere, for example in a message that quotes the command.
  const hiddenText =
    secrets.size === 0 ? text : text.replace(anyToken, (token) => (secrets.has(token) ? hiddenMark : token));
  return { text: hiddenText, seen: { usernames, passwords, hasRawUrlPassword } };
}

function decode(token: string): string {
  return Buffer.from(token, 'base64').toString('utf8');
}

function percentDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function looksRandom(token: string): boolean {
  return /[a-z]/.test(token) && /[A-Z]/.test(token) && /\d/.test(token);
}
