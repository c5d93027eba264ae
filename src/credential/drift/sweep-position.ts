/** Where a sweep stopped. Stored in the table, so that the next run continues there. */
export interface SweepPosition {
  /** The number of finished sweeps. It determines what is read of each user. */
  readonly sweepNumber: number;
  /** The next record to check. Undefined: start from the beginning. */
  readonly fromUsername?: string;
  /** The next IAM user without a record to check, once all records are done. */
  readonly fromIamUser?: string;
  /** This sweep reads everything until it is finished, even if another run continues it. */
  readonly reads?: 'all';
  /** The run that wrote the position. */
  readonly by?: string;
  /** When it was written: ISO 8601. */
  readonly updatedAt?: string;
}

export interface SweepPositions {
  /** Sweep 0 from the beginning, if nothing is stored yet. */
  read(): Promise<SweepPosition>;
  /** @param by the run that reached the position */
  write(position: SweepPosition, by: string): Promise<void>;
}
