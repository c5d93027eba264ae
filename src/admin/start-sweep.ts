import type { SweepStarter } from '../credential/drift/sweep-starter.ts';

/** A requested sweep. */
export interface StartedSweep {
  /** The `correlation_id` of all its log lines and events. */
  readonly correlationId: string;
}

export interface StartSweepDeps {
  readonly sweeps: SweepStarter;
  readonly newId: () => string;
}

/**
 * Requests a sweep now, which compares every record with IAM and repairs or reports differences. It runs in the
 * background; two sweeps at once are harmless.
 *
 * @throws SesameError what Lambda throws
 */
export async function startSweep({ sweeps, newId }: StartSweepDeps): Promise<StartedSweep> {
  const correlationId = newId();
  await sweeps.start(correlationId);
  return { correlationId };
}
