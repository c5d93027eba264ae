/** How a cell looks on a terminal. */
export type Tone = 'good' | 'bad' | 'warning' | 'dim' | 'bold';

export type Cell = string | number | boolean | undefined | null | { readonly text: string; readonly tone: Tone };

/** A line of a table: cells by the column's name. */
export type Row = Readonly<Record<string, Cell>>;

/** What a command found or did. It is printed in the form that was asked for. */
export interface Result {
  /** For `--output json`. */
  readonly json: unknown;
  /** For tables and tsv: lines under the command's columns. */
  readonly rows?: readonly Row[];
  /** For tables and tsv: names and values of one thing. */
  readonly fields?: readonly (readonly [name: string, value: Cell])[];
  /** For stdout as it is, unless json was asked for by its flag. */
  readonly raw?: string;
  /** Words after a table, for people: on stderr. */
  readonly notes?: readonly string[];
  readonly exit?: number;
}
