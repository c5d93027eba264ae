import type { Item } from '../credential/credential-table.ts';
import type { AlertAttempt, AlertSubject } from './alert-window.ts';
import type { CounterBucket } from './windows.ts';

/** Finds the records of IAM users, in as few reads as possible. */
export interface CredentialLookup {
  /** The records of these usernames, possibly slightly stale. Usernames without a record are left out. */
  readMany(usernames: readonly string[]): Promise<ReadonlyMap<string, Item>>;
  /** The usernames with this prefix. */
  findUsernames(beginning: string): Promise<readonly string[]>;
}

export interface CounterReader {
  /** The hours of the last 30 days that have counters. */
  read(username: string, nowMs: number): Promise<readonly CounterBucket[]>;
}

/** The expiries of suspensions that end automatically. */
export interface SuspensionExpiries {
  /** Call this before the suspension is written: a superfluous expiry is harmless. */
  add(username: string, untilMs: number, options?: { readonly isEnded?: boolean }): Promise<void>;
  /**
   * All that are due, oldest first.
   *
   * @param onUnreadable called with the sort key of each item among them that isn't one of ours
   */
  listDue(nowMs: number, onUnreadable?: (sortKey: string) => void): Promise<readonly DueExpiry[]>;
  /** Deletes an item that can't be read. */
  discard(sortKey: string): Promise<void>;
  remove(username: string, untilMs: number): Promise<void>;
}

/** A suspension expiry that is due. */
export interface DueExpiry {
  readonly username: string;
  readonly untilMs: number;
  /** The suspension has ended, but its event or alert could not be sent yet. */
  readonly isEnded?: boolean;
}

/** Remembers which alerts were sent. */
export interface AlertWindows {
  /** Reserves the right to send the alert; false if it was already sent within the window. */
  open(attempt: AlertAttempt): Promise<boolean>;
  /** Releases the reservation, because the alert could not be sent. */
  release(attempt: AlertAttempt): Promise<void>;
}

/** An alert that was sent and is not repeated before its window ends. */
export interface OpenAlert extends AlertSubject {
  /** Epoch milliseconds. */
  readonly untilMs: number;
}

/** The alerts that were sent about a credential. */
export interface OpenAlerts {
  /** The alerts whose windows have not ended. */
  read(username: string, nowMs: number): Promise<readonly OpenAlert[]>;
}

/** When each IAM user was first found to have no record. */
export interface MissingRecords {
  /** When the IAM user was first found without a record, epoch milliseconds. Now, if this is the first time. */
  since(iamUserName: string): Promise<number>;
}

/** An alert for a person. */
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
