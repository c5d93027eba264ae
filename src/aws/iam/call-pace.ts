/** Lets at most so many calls a second begin, evenly spread. */
export function createCallPace(
  callsPerSecond: number,
  now: () => number,
  sleep: (ms: number) => Promise<void>,
): () => Promise<void> {
  const intervalMs = 1000 / callsPerSecond;
  let nextMs = 0;
  return async () => {
    const nowMs = now();
    const startMs = Math.max(nextMs, nowMs);
    nextMs = startMs + intervalMs;
    // Timers count whole milliseconds; what is shorter than one evens out.
    if (startMs - nowMs >= 1) await sleep(startMs - nowMs);
  };
}
