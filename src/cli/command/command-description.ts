/** One command of the whole tree, as `sesame commands --json` shows it. */
export interface CommandDescription {
  /** Without `sesame`. */
  readonly name: string;
  readonly summary: string;
  readonly description?: string;
  readonly arguments: readonly {
    readonly name: string;
    readonly summary: string;
    readonly is_required: boolean;
    readonly is_variadic: boolean;
    /** The name of a credential that exists. */
    readonly is_credential?: true;
    readonly choices?: readonly string[];
  }[];
  readonly flags: readonly FlagDescription[];
  readonly examples: readonly { readonly line: string; readonly effect: string }[];
  /** Asks before it runs, unless `--yes` is given. */
  readonly asks: boolean;
  readonly has_dry_run: boolean;
}

export interface FlagDescription {
  /** With both dashes. */
  readonly name: string;
  readonly summary: string;
  /** The name of its value; absent for a switch. */
  readonly value?: string;
  readonly is_required: boolean;
  readonly is_repeatable: boolean;
  readonly is_negatable: boolean;
  readonly choices?: readonly string[];
}
