import type { SweepStarter } from '../credential/drift/sweep-starter.ts';

/** A sweep that was asked for. */
export interface StartedSweep {
  /** In all of its log lines and events, as `correlation_id`. */
  readonly correlationId: string;
}

export interface StartSweepDeps {
  readonly sweeps: SweepStarter;
  readonly newId: () => string;
}

/**
 * Asks for a sweep now: it compares every record with IAM, and repairs or reports what differs. It runs by itself from here on; two sweeps
 * at once do no harm.
 *
 * @throws SesameError what Lambda throws
 */
export async function startSweep({ sweeps, newId }: StartSweepDeps): Promise<StartedSweep> {
  const correlationId = newId();
  await sweeps.start(correlationId);
  return { correlationId };
}
