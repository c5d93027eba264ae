import { CliError } from '../command/cli-error.ts';
import type { CommandDeps } from '../command/command-deps.ts';
import type { LocalStack } from '../command/local-stack.ts';

/** @throws CliError `NoLocalStack` */
export async function requireLocalStack({ localStack }: CommandDeps): Promise<LocalStack> {
  const stack = await localStack();
  if (stack !== undefined) return stack;
  throw new CliError('notFound', 'NoLocalStack', 'No local stack runs here.', {
    remedy: 'Start one in the clone with `npm start`, or set SESAME_HOME to its folder.',
  });
}
