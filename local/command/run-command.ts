import { explainFileError } from '../explain-file-error.ts';
import { UsageError } from './usage-error.ts';

/** The exit status of a command line that can't be understood, as most Unix tools have it. */
const usageStatus = 2;

/**
 * Reads a command line and runs the command. This is how every command answers: help goes to standard output with status 0; a
 * wrong command line is named on standard error, with the usage, and ends with status 2; any other failure ends with 1.
 *
 * @param read throws a UsageError; `help` in its answer asks for the usage
 * @param run answers the exit status
 * @returns the exit status
 */
export async function runCommand<Asked extends { help?: boolean | undefined }>(
  usage: string,
  read: () => Asked,
  run: (asked: Asked) => Promise<number>,
): Promise<number> {
  try {
    const asked = read();
    if (asked.help) {
      console.log(usage);
      return 0;
    }
    return await run(asked);
  } catch (error) {
    if (error instanceof UsageError) {
      console.error(`${error.message}\n\n${usage}`);
      return usageStatus;
    }
    console.error(explainFileError(error) ?? (error instanceof Error ? error.message : error));
    return 1;
  }
}
