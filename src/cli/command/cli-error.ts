import { type ExitCodeName, exitCodes } from './exit-codes.ts';

/** A fault of one attribute. */
export interface Fault {
  readonly attribute: string;
  readonly code: string;
  readonly message: string;
}

interface CliErrorOptions {
  readonly faults?: readonly Fault[] | undefined;
  /** What to do, as a sentence. */
  readonly remedy?: string | undefined;
  readonly requestId?: string | undefined;
  readonly cause?: unknown;
}

/** An error with a stable code for programs, words for people, and an exit code. Never holds a secret. */
export class CliError extends Error {
  readonly code: string;
  readonly exit: ExitCodeName;
  readonly faults: readonly Fault[] | undefined;
  readonly remedy: string | undefined;
  readonly requestId: string | undefined;

  constructor(exit: ExitCodeName, code: string, message: string, options: CliErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.name = code;
    this.code = code;
    this.exit = exit;
    this.faults = options.faults;
    this.remedy = options.remedy;
    this.requestId = options.requestId;
  }

  get exitCode(): number {
    return exitCodes[this.exit];
  }
}

/** A wrong command line. */
export function usageError(message: string, remedy?: string): CliError {
  return new CliError('usage', 'UsageError', message, { remedy });
}
