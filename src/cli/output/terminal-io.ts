import * as util from 'node:util';
import { CliError } from '../command/cli-error.ts';
import type { GlobalFlags } from '../command/command.ts';
import type { CommandIo } from '../command/command-io.ts';
import type { Tone } from '../command/result.ts';
import { showText } from './show-text.ts';

/** The streams of a process, and what its environment says about them. */
export interface Terminal {
  readonly stdin: { readonly isTTY?: boolean };
  readonly stdout: { readonly isTTY?: boolean; readonly columns?: number; write(text: string): unknown };
  readonly stderr: { readonly isTTY?: boolean; write(text: string): unknown };
  readonly env: Readonly<Record<string, string | undefined>>;
}

const formats = {
  good: 'green',
  bad: 'red',
  warning: 'yellow',
  dim: 'dim',
  bold: 'bold',
} as const satisfies Record<Tone, string>;

/** Characters in a line, if nobody says. */
const defaultWidth = 80;

export function widthOf({ stdout, env }: Terminal): number {
  return stdout.columns ?? (Number(env['COLUMNS']) || defaultWidth);
}

/** What commands may say and ask, on a terminal or without one. */
export function createTerminalIo(terminal: Terminal, flags: GlobalFlags): CommandIo {
  const { stdin, stdout, stderr, env } = terminal;
  const isInteractive = stdin.isTTY === true && stderr.isTTY === true;
  const output = flags.output ?? (stdout.isTTY === true ? 'table' : 'json');
  const style = createStyle(
    stdout.isTTY === true && flags.color !== false && !env['NO_COLOR'] && env['TERM'] !== 'dumb',
  );
  let isProgressShown = false;
  const progress = (text: string) => {
    if (stderr.isTTY !== true || flags.quiet === true) return;
    if (text === '' && !isProgressShown) return;
    stderr.write(`\r\u001B[K${text}`);
    isProgressShown = text !== '';
  };
  return {
    isInteractive,
    output,
    isJsonAsked: flags.output === 'json',
    style,
    progress,
    note(text) {
      progress('');
      if (flags.quiet !== true) stderr.write(`${showText(text)}\n`);
    },
    write(text) {
      progress('');
      stdout.write(text);
    },
    async confirm(question) {
      progress('');
      const { confirm, isCancel } = await import('@clack/prompts');
      const answer = await confirm({ message: question, initialValue: false, output: process.stderr });
      if (isCancel(answer)) throw stopped();
      return answer;
    },
    async ask(question) {
      progress('');
      const { isCancel, text } = await import('@clack/prompts');
      const answer = await text({
        message: question,
        validate: (value) => (value === undefined || value.trim() === '' ? 'A value is needed.' : undefined),
        output: process.stderr,
      });
      if (isCancel(answer)) throw stopped();
      return answer.trim();
    },
  };
}

function stopped(): CliError {
  return new CliError('interrupted', 'Interrupted', 'Stopped. Nothing was done.');
}

/** Colours, or none. Node before 20.12 has none to give. */
export function createStyle(hasColors: boolean): CommandIo['style'] {
  const { styleText } = util as Partial<Pick<typeof util, 'styleText'>>;
  if (!hasColors || styleText === undefined) return (_tone, text) => text;
  return (tone, text) => styleText(formats[tone], text, { validateStream: false });
}
