/** Where a sweep stopped. Kept in the table, so that the next run goes on there. */
export interface SweepPosition {
  /** Counts whole sweeps: it decides what is read of each user. */
  readonly sweepNumber: number;
  /** The next record to look at. Undefined: from the beginning. */
  readonly fromUsername?: string;
  /** The next IAM user without record to look at, once all records are done. */
  readonly fromIamUser?: string;
  /** This sweep reads everything, to its end: whoever continues it does so as well. */
  readonly reads?: 'all';
  /** The run that wrote it. */
  readonly by?: string;
}

export interface SweepPositions {
  /** Turn 0 from the beginning, when there's none yet. */
  read(): Promise<SweepPosition>;
  /** @param by the run that got there */
  write(position: SweepPosition, by: string): Promise<void>;
}
