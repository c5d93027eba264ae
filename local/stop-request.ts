import { constants } from 'node:os';

/** Says that somebody asked for a stop, and how. */
export interface StopRequest {
  by: NodeJS.Signals | 'end of parent';
}

/**
 * Resolves when the program shall stop: Ctrl-C, SIGTERM, a closed terminal, or a parent that was killed and couldn't tell.
 * Further signals change nothing: the stop takes a moment, and must not be cut short.
 */
export function stopRequest(): Promise<StopRequest> {
  const parent = process.ppid;
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve({ by: signal }));
    // A terminal that is gone takes no output.
    for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
    setInterval(() => {
      if (process.ppid !== parent) resolve({ by: 'end of parent' });
    }, 500).unref();
  });
}

/** The exit status of a program that was stopped before it was done: 128 and the signal's number, as a shell has it. */
export function exitStatusOf({ by }: StopRequest): number {
  return by === 'end of parent' ? 1 : 128 + constants.signals[by];
}
