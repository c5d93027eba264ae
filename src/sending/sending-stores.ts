import type { Item } from '../credential/record.ts';
import type { AlertAttempt } from './alert-window.ts';
import type { CounterBucket } from './windows.ts';

/** Finds the records of IAM users, in as few reads as possible. */
export interface CredentialLookup {
  /** The records of these usernames as they stood a moment ago; who has none is left out. */
  readMany(usernames: readonly string[]): Promise<ReadonlyMap<string, Item>>;
  /** The usernames that begin like this. */
  findUsernames(beginning: string): Promise<readonly string[]>;
}

export interface CounterReader {
  /** The hours of the last 30 days in which something was counted. */
  read(username: string, nowMs: number): Promise<readonly CounterBucket[]>;
}

/** When suspensions end by themselves. */
export interface SuspensionEnds {
  /** To be called before the suspension is written: an end too many does no harm. */
  remember(username: string, untilMs: number): Promise<void>;
  /** Those whose time has come, oldest first, at most a hundred. */
  listDue(nowMs: number): Promise<readonly { readonly username: string; readonly untilMs: number }[]>;
  forget(username: string, untilMs: number): Promise<void>;
}

/** Who has been told of what. */
export interface AlertWindows {
  /** Takes the right to tell; false when it was told within the window. */
  open(attempt: AlertAttempt): Promise<boolean>;
  /** Gives it back: it couldn't be told. */
  reopen(attempt: AlertAttempt): Promise<void>;
}

/** A finding that a person should hear of. */
export interface Alert {
  /** ASCII, at most 100 characters. */
  readonly subject: string;
  readonly message: Readonly<Record<string, unknown>>;
}

export interface AlertPublisher {
  publish(alert: Alert): Promise<void>;
}

/** The account's suppression list. */
export interface SuppressionList {
  add(address: string, reason: 'BOUNCE' | 'COMPLAINT'): Promise<void>;
}
