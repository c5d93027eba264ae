import type { DriftKind } from './drift-finding.ts';

/** What became of a finding: `repaired`, `failed` (the record or the log says why), `asked` (the verifier logs in), `open` (a person must decide). */
export const findingOutcomes = ['repaired', 'failed', 'asked', 'open'] as const;
export type FindingOutcome = (typeof findingOutcomes)[number];

/** A finding of the sweep, kept for people until TTL removes it. */
export interface KeptFinding {
  /** The credential, or what its IAM user was made for. */
  readonly username: string;
  readonly kind: DriftKind;
  /** The actual state and the desired state. */
  readonly message: string;
  readonly outcome: FindingOutcome;
  /** Milliseconds since the epoch. */
  readonly atMs: number;
  readonly correlationId: string;
}

/** The findings of the sweeps, by the sweep's number. */
export interface FindingStore {
  /** Keeps a finding once, however often it is repeated. */
  keep(sweepNumber: number, finding: KeptFinding): Promise<void>;
}

export interface KeptFindings {
  /** @returns those that can be read, by username */
  read(sweepNumber: number): Promise<readonly KeptFinding[]>;
}
