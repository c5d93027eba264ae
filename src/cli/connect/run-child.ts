import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { CliError } from '../command/cli-error.ts';

const forwarded = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2'] as const;
/** What a terminal sends to both processes itself. A second one would make many programs stop at once. */
const sentByTerminal: ReadonlySet<string> = new Set(['SIGINT', 'SIGQUIT']);

/**
 * Runs a program with this process's stdin, stdout and stderr. Signals go to it, and it decides what they do. The added variables exist
 * in its environment only.
 *
 * @returns its exit code; 128 and the signal's number if a signal ended it, as shells do
 */
export async function runChild(
  command: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<number> {
  const child = spawn(command, args, { stdio: 'inherit', env: { ...process.env, ...environment } });
  const isOnTerminal = process.stdin.isTTY === true;
  const forward = (signal: NodeJS.Signals) => {
    if (!(isOnTerminal && sentByTerminal.has(signal))) child.kill(signal);
  };
  for (const signal of forwarded) process.on(signal, forward);
  try {
    return await new Promise((resolve, reject) => {
      child.once('error', (error: NodeJS.ErrnoException) => {
        reject(
          error.code === 'ENOENT' || error.code === 'EACCES'
            ? new CliError(
                'failure',
                'CommandNotRun',
                `${command} can't be run: ${error.code === 'ENOENT' ? 'there is no such program' : 'it is not executable'}.`,
              )
            : error,
        );
      });
      child.once('close', (code, signal) => {
        resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
      });
    });
  } finally {
    for (const signal of forwarded) process.off(signal, forward);
  }
}
