import type { ApiClient } from './api-client.ts';
import type { CommandDescription } from './command-description.ts';
import type { ConfigStore } from './config-store.ts';
import type { LocalStack } from './local-stack.ts';
import type { OutgoingMail } from './outgoing-mail.ts';

/** The deployment that a command works on. */
export interface Target {
  readonly api: ApiClient;
  /** In words, such as `the deployment "mail-" in eu-central-1 (account 111122223333)`. */
  readonly description: string;
  readonly kind: 'in-process' | 'https' | 'local';
  /** Certificates that mail clients must trust, where the system's own don't do. */
  readonly smtpCaFile?: string | undefined;
}

/** Everything outside a command. */
export interface CommandDeps {
  /** Finds the deployment and connects to it, once. */
  readonly target: () => Promise<Target>;
  /** The local stack, whatever else is named. */
  readonly localTarget: () => Promise<Target>;
  readonly config: ConfigStore;
  /** The local stack that runs; undefined if none does. */
  readonly localStack: () => Promise<LocalStack | undefined>;
  /** All of stdin as text. */
  readonly readStdin: () => Promise<string>;
  /** Runs a program with this process's stdin, stdout and stderr. Returns its exit code. */
  readonly runChild: (
    command: string,
    args: readonly string[],
    environment: Readonly<Record<string, string>>,
  ) => Promise<number>;
  /** The size of a file, and its text from a position on; undefined if there is none. */
  readonly readFileFrom: (
    path: string,
    position: number,
  ) => Promise<{ readonly text: string; readonly end: number } | undefined>;
  /** A whole file; undefined if there is none. */
  readonly readFileBytes: (path: string) => Promise<Uint8Array | undefined>;
  /** Reads JSON from a URL of this machine. */
  readonly fetchJson: (url: string) => Promise<unknown>;
  /** Sends a mail; answers with the server's last reply, whether it took the mail or refused it. */
  readonly sendMail: (mail: OutgoingMail) => Promise<string>;
  /** Lets a person change a text in their editor; undefined if it was left unchanged. */
  readonly editText: (text: string, fileName: string) => Promise<string | undefined>;
  /** The whole tree. */
  readonly describeCommands: () => Promise<readonly CommandDescription[]>;
  readonly version: string;
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
  readonly newId: () => string;
  /** Ends the process in silence after this time, if it still runs then. */
  readonly endAfter: (milliseconds: number) => void;
}
