import type { Item } from '../credential/credential-table.ts';
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
export interface SuspensionExpiries {
  /** To be called before the suspension is written: an end too many does no harm. */
  add(username: string, untilMs: number, options?: { readonly isEnded?: boolean }): Promise<void>;
  /** All whose time has come, oldest first. */
  listDue(nowMs: number): Promise<readonly DueExpiry[]>;
  remove(username: string, untilMs: number): Promise<void>;
}

/** A suspension's end whose time has come. */
export interface DueExpiry {
  readonly username: string;
  readonly untilMs: number;
  /** The suspension is over, and not everybody has been told. */
  readonly isEnded?: boolean;
}

/** Who has been told of what. */
export interface AlertWindows {
  /** Takes the right to tell; false when it was told within the window. */
  open(attempt: AlertAttempt): Promise<boolean>;
  /** Gives it back: it couldn't be told. */
  release(attempt: AlertAttempt): Promise<void>;
}

/** Since when IAM users are known to have no record. */
export interface MissingRecords {
  /** When this was first noticed of the IAM user, epoch milliseconds: now, if it never was. */
  since(iamUserName: string): Promise<number>;
}

/** A finding that a person should hear of. */
export interface AlertMessage {
  /** ASCII, at most 100 characters. */
  readonly subject: string;
  readonly message: Readonly<Record<string, unknown>>;
}

export interface AlertPublisher {
  publish(alert: AlertMessage): Promise<void>;
}

/** The account's suppression list. */
export interface SuppressionList {
  add(address: string, reason: 'BOUNCE' | 'COMPLAINT'): Promise<void>;
}
