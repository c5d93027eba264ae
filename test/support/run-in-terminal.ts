import { execFile } from 'node:child_process';
import { join } from 'node:path';

export interface TerminalTask {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** A text to wait for, and the keys to type then. */
  readonly steps?: readonly (readonly [string, string])[];
  /** The width; 100 by default. */
  readonly columns?: number;
  /** After this time the program is killed; 20 by default. */
  readonly seconds?: number;
}

export interface TerminalRan {
  readonly exit: number;
  readonly output: string;
  /** Texts that never came. */
  readonly stepsLeft: number;
}

/** Runs a program in a pseudo-terminal, and types each answer once the text before it is shown. */
export function runInTerminal(task: TerminalTask, folder: string): Promise<TerminalRan> {
  const script = join(import.meta.dirname, 'run-in-terminal.py');
  return new Promise((resolve, reject) => {
    execFile('python3', [script, JSON.stringify({ steps: [], ...task })], { cwd: folder }, (error, stdout) => {
      if (error) reject(error);
      else resolve(JSON.parse(stdout) as TerminalRan);
    });
  });
}
