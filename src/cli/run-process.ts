import { catalogue } from './catalogue.ts';
import { CliError } from './command/cli-error.ts';
import { exitCodes } from './command/exit-codes.ts';
import { renderErrorText } from './output/render-error.ts';
import { runProgram } from './program.ts';
import { createCommandDeps } from './wire.ts';

/** Runs the program in this process, and sets its exit code. */
export async function runProcess(args: readonly string[], version: string): Promise<void> {
  // The reader of a pipe may leave, as `head` does.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(exitCodes.ok);
    process.stderr.write(
      renderErrorText(new CliError('failure', 'OutputFailed', `The output can't be written: ${error.message}.`)),
    );
    process.exit(exitCodes.failure);
  });
  const { stdin, stdout, stderr, env } = process;
  const status = await runProgram(args, {
    terminal: { stdin, stdout, stderr, env },
    catalogue,
    version,
    createDeps: (flags) => createCommandDeps(flags, { env, version }),
  });
  process.exitCode = status;
}
