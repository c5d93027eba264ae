import { constants } from 'node:os';

/** A request to stop, and its origin. */
export interface StopRequest {
  by: NodeJS.Signals | 'end of parent';
}

/**
 * Resolves when the program should stop: after Ctrl-C, SIGTERM, a closed terminal, or the death of the parent process. Later
 * signals are ignored, so that they can't interrupt the stop.
 */
export function stopRequest(): Promise<StopRequest> {
  const parent = process.ppid;
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve({ by: signal }));
    // Output to a closed terminal fails.
    for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
    setInterval(() => {
      if (process.ppid !== parent) resolve({ by: 'end of parent' });
    }, 500).unref();
  });
}

/** The exit status of a program that was stopped early: 128 plus the signal's number, as in a shell. */
export function exitStatusOf({ by }: StopRequest): number {
  return by === 'end of parent' ? 1 : 128 + constants.signals[by];
}
