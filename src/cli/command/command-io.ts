import type { Tone } from './result.ts';

/** What a command may say and ask while it runs. Its result is printed by the program. */
export interface CommandIo {
  /** A person sits at a terminal, so questions can be asked. */
  readonly isInteractive: boolean;
  /** The form of the output. */
  readonly output: 'json' | 'table' | 'tsv';
  /** `--output` or a default was resolved to json by the caller's flag, not because stdout is a file. */
  readonly isJsonAsked: boolean;
  /** A line on stderr, unless `--quiet`. */
  readonly note: (text: string) => void;
  /** What is going on, on stderr, only on a terminal. An empty text clears it. */
  readonly progress: (text: string) => void;
  /** Text for stdout at once, for commands that run until they are stopped. */
  readonly write: (text: string) => void;
  readonly style: (tone: Tone, text: string) => string;
  readonly confirm: (question: string) => Promise<boolean>;
  /** Asks for a value on the terminal. */
  readonly ask: (question: string) => Promise<string>;
}
