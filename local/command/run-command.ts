import { explainFileError } from '../explain-file-error.ts';
import { UsageError } from './usage-error.ts';

/** The exit status for a wrong command line, as in most Unix tools. */
const usageStatus = 2;

/**
 * Reads a command line and runs the command. All commands behave alike: help goes to standard output, with status 0; a wrong
 * command line is reported on standard error with the first line of the usage, with status 2; any other failure ends with status 1.
 *
 * @param read throws a UsageError; returns `help: true` to show the usage
 * @param run returns the exit status
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
      // The whole help would push the message off a small screen.
      console.error(`${error.message}\n\n${usage.split('\n', 1)[0]}\nAdd --help to see all options.`);
      return usageStatus;
    }
    console.error(explainFileError(error) ?? (error instanceof Error ? error.message : error));
    return 1;
  }
}
