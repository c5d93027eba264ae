import type { Secret } from '../secret.ts';

/** What a client logs in with: the access key id, and the password that is derived from its secret. */
export interface SmtpAccount {
  readonly user: string;
  readonly password: Secret;
}

export type LoginResult =
  | { readonly result: 'accepted' }
  /** The server's own words, with their code. */
  | { readonly result: 'refused'; readonly code: number; readonly text: string }
  /** No reply: the network, TLS, or a time-out. `message` never holds the password. */
  | { readonly result: 'unreachable'; readonly code: string; readonly message: string };

export interface SmtpLogin {
  /** Connects, logs in, leaves. Sends nothing; never throws. */
  logIn(account: SmtpAccount): Promise<LoginResult>;
}
