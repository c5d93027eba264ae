import { readArguments } from '../../local/command/read-arguments.ts';
import { readWholeNumber } from '../../local/command/read-whole-number.ts';
import { runCommand } from '../../local/command/run-command.ts';

/** An option of a benchmark: a whole number, or several separated by commas. */
export interface BenchOption<Value extends number | readonly number[]> {
  readonly about: string;
  readonly default: Value;
  /** The smallest allowed value. */
  readonly from: number;
}

/**
 * Reads a benchmark's command line. If it asks for help or is wrong, the process ends here, as with every other command.
 *
 * @param name the script's name in package.json
 * @param about a sentence that says what is measured
 */
export async function readBenchNumbers<Options extends Record<string, BenchOption<number | readonly number[]>>>(
  name: string,
  about: string,
  options: Options,
): Promise<{ [Name in keyof Options]: Options[Name]['default'] }> {
  const lines = Object.entries(options).map(
    ([option, { about: text, default: usual, from }]) =>
      `  --${option} ${Array.isArray(usual) ? 'N,...' : 'N'}`.padEnd(24) +
      `${text}; at least ${from}, default ${usual}`,
  );
  const usage = `Usage: npm run ${name} -- [options]\n\n${about}\n\n${lines.join('\n')}\n  -h, --help            show this`;
  let numbers: Record<string, unknown> | undefined;
  const status = await runCommand(
    usage,
    () => readNumbers(process.argv.slice(2), options),
    (read) => {
      numbers = read.numbers;
      return Promise.resolve(0);
    },
  );
  if (numbers === undefined) process.exit(status);
  return numbers as { [Name in keyof Options]: Options[Name]['default'] };
}

function readNumbers(args: string[], options: Record<string, BenchOption<number | readonly number[]>>) {
  const names = Object.keys(options);
  const { values } = readArguments(args, Object.fromEntries(names.map((name) => [name, { type: 'string' as const }])));
  const numbers = Object.entries(options).map(([name, { default: usual, from }]) => {
    const text = values[name];
    if (typeof text !== 'string') return [name, usual];
    const read = (part: string) => readWholeNumber(`--${name}`, part, { from });
    return [name, Array.isArray(usual) ? text.split(',').filter(Boolean).map(read) : read(text)];
  });
  return { help: values['help'] === true, numbers: Object.fromEntries(numbers) as Record<string, unknown> };
}
