import type { CliError } from '../command/cli-error.ts';
import { showText } from './show-text.ts';

/** An error as one JSON object, for programs. */
export function renderErrorJson({ code, message, faults, remedy, requestId }: CliError): string {
  const error = {
    code,
    message,
    ...(faults === undefined ? {} : { faults }),
    ...(remedy === undefined ? {} : { remedy }),
    ...(requestId === undefined ? {} : { request_id: requestId }),
  };
  return `${JSON.stringify({ error })}\n`;
}

/** An error for people. */
export function renderErrorText({ code, message, faults = [], remedy }: CliError): string {
  const listed = faults.filter((fault) => !message.includes(fault.message));
  const lines = [
    `sesame: ${showText(message)}`,
    ...listed.map((fault) => `  - ${showText(fault.message)} (${fault.code})`),
    ...(remedy === undefined ? [] : [showText(remedy)]),
    ...(code === 'UsageError' ? ['Add --help to see all flags.'] : []),
  ];
  return `${lines.join('\n')}\n`;
}
