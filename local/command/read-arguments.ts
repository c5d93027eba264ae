import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { UsageError } from './usage-error.ts';

const help = { help: { type: 'boolean', short: 'h', default: false } } as const;

/**
 * Reads a command line. Every command accepts `--help` and `-h`.
 *
 * @param positionals the maximum number of arguments that aren't options
 * @throws UsageError that names the wrong option or argument
 */
export function readArguments<Options extends ParseArgsOptionsConfig>(
  args: readonly string[],
  options: Options,
  positionals = 0,
) {
  const read = parse(args, options);
  const extra = read.positionals[positionals];
  if (extra !== undefined && !(read.values as { help?: boolean }).help)
    throw new UsageError(`Unexpected argument '${extra}'`);
  return read;
}

function parse<Options extends ParseArgsOptionsConfig>(args: readonly string[], options: Options) {
  try {
    return parseArgs({ args: [...args], options: { ...options, ...help }, allowPositionals: true, strict: true });
  } catch (error) {
    // Node's first sentence names the option; the rest of its message doesn't help here.
    const [first = ''] = String(error instanceof Error ? error.message : error).split(/\. |\n/);
    throw new UsageError(first.replace(/\.$/, ''));
  }
}
