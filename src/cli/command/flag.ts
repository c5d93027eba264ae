/** A flag of a command. Without `value` it is a switch. */
export interface Flag {
  readonly summary: string;
  /** The name of its value in the help, in capitals. */
  readonly value?: string;
  readonly isRepeatable?: true;
  /** Missing: asked for on a terminal, and otherwise an error. */
  readonly isRequired?: true;
  readonly choices?: readonly string[];
  /** A whole number in this range. */
  readonly range?: readonly [minimum: number, maximum: number];
  /** A switch that can be set to false: `--no-NAME`. */
  readonly isNegatable?: true;
}

/** An argument without a name on the command line. */
export interface Argument {
  readonly summary: string;
  readonly isOptional?: true;
  /** All the rest. Only the last one. */
  readonly isVariadic?: true;
  readonly choices?: readonly string[];
  /** The name of a credential that exists, so that shells can complete it. */
  readonly isCredential?: true;
}

export type Flags = Readonly<Record<string, Flag>>;
export type Arguments = Readonly<Record<string, Argument>>;

type FlagValue<F extends Flag> = F extends { isRepeatable: true }
  ? readonly string[]
  : F extends { range: readonly [number, number] }
    ? number | undefined
    : F extends { value: string }
      ? F extends { isRequired: true }
        ? string
        : string | undefined
      : F extends { isNegatable: true }
        ? boolean | undefined
        : boolean;

type ArgumentValue<A extends Argument> = A extends { isVariadic: true }
  ? readonly string[]
  : A extends { isOptional: true }
    ? string | undefined
    : string;

export type FlagValues<F extends Flags> = { readonly [Name in keyof F]: FlagValue<F[Name]> };
export type ArgumentValues<A extends Arguments> = { readonly [Name in keyof A]: ArgumentValue<A[Name]> };
/** Values of flags that aren't known at compile time. */
export type AnyFlagValues = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;
