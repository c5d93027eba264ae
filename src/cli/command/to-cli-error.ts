import { SesameError } from '../../credential/errors.ts';
import { findSetupProblem } from './aws-setup-problem.ts';
import { CliError } from './cli-error.ts';
import type { ExitCodeName } from './exit-codes.ts';

/** Anything that was thrown, with an exit code. */
export function toCliError(error: unknown): CliError {
  if (error instanceof CliError) return error;
  const { name, message } = error instanceof Error ? error : { name: 'UnknownError', message: String(error) };
  const setup = findSetupProblem(name, message);
  if (setup !== undefined) return setup;
  if (error instanceof SesameError) return new CliError(exitOf(error), error.code, message, { cause: error });
  return new CliError('failure', name === 'Error' ? 'Failure' : name, message, { cause: error });
}

function exitOf({ code }: SesameError): ExitCodeName {
  if (/NotFound$/.test(code)) return 'notFound';
  if (/^(InvalidDeploymentName|AmbiguousDeployment)$/.test(code)) return 'usage';
  return /AccessDenied/.test(code) ? 'denied' : 'failure';
}
