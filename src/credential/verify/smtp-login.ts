import type { Secret } from '../secret.ts';

/** The login of an SMTP client: the access key id, and the password derived from the secret key. */
export interface SmtpAccount {
  readonly user: string;
  readonly password: Secret;
}

export type LoginResult =
  | { readonly result: 'accepted' }
  /** The server's reply and its code. */
  | { readonly result: 'refused'; readonly code: number; readonly text: string }
  /** No reply: the network, TLS, or a time-out. `message` never holds the password. */
  | { readonly result: 'unreachable'; readonly code: string; readonly message: string };

export interface SmtpLogin {
  /** Connects, logs in and disconnects. Sends no mail; never throws. */
  logIn(account: SmtpAccount): Promise<LoginResult>;
}
