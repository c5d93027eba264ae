/** A line of a log group. */
export interface LogLine {
  readonly text: string;
  /** When it was written: milliseconds since the epoch. */
  readonly atMs: number;
}

export interface LogQuery {
  /** A filter pattern of CloudWatch Logs: see log-pattern.ts. Empty: every line. */
  readonly pattern: string;
  /** Milliseconds since the epoch; both ends belong to the time. */
  readonly fromMs: number;
  readonly toMs: number;
}

/** What one call found. A page may be empty although more follow. */
export interface LogPage {
  readonly lines: readonly LogLine[];
  /** Continues the search. Undefined: everything has been looked at. */
  readonly token: string | undefined;
}

/** Searches one log group of events, oldest line first. */
export interface LogSearch {
  /** One call. @throws SesameError of AWS, also `InvalidParameterException` for the token of another search */
  readonly readPage: (query: LogQuery, token?: string) => Promise<LogPage>;
}
