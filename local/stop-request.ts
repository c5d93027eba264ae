import { constants } from 'node:os';

/** A request to stop, and its origin. */
export interface StopRequest {
  by: NodeJS.Signals | 'end of parent';
}

/** One Ctrl-C may arrive several times: from the terminal, from npm, and from the script that npm runs. */
const echoMilliseconds = 1_000;

/** The requests to stop that a program receives. */
export interface StopRequests {
  /** Resolves when the program should stop: after Ctrl-C, SIGTERM, a closed terminal, or the death of the parent process. */
  readonly first: Promise<StopRequest>;
  /** Aborted by a signal that comes a second or more after the first: the user doesn't want to wait. */
  readonly again: AbortSignal;
}

/** Starts to listen for requests to stop. No signal ends the program by itself, so that none can interrupt the stop. */
export function listenForStop(): StopRequests {
  const parent = process.ppid;
  const again = new AbortController();
  const first = new Promise<StopRequest>((resolve) => {
    let firstAt: number | undefined;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        firstAt ??= performance.now();
        if (performance.now() - firstAt >= echoMilliseconds) again.abort();
        resolve({ by: signal });
      });
    }
    // Output to a closed terminal fails.
    for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
    setInterval(() => {
      if (process.ppid !== parent) resolve({ by: 'end of parent' });
    }, 500).unref();
  });
  return { first, again: again.signal };
}

/** The exit status of a program that was stopped early: 128 plus the signal's number, as in a shell. */
export function exitStatusOf({ by }: StopRequest): number {
  return by === 'end of parent' ? 1 : 128 + constants.signals[by];
}
