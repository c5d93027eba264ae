import { parseArgs } from 'node:util';
import type { IamLag } from './emulator/start-emulator.ts';

/** What `npm start` was asked for. */
export interface LocalOptions {
  portBase: number;
  state?: string;
  reset: boolean;
  logs: boolean;
  fast: boolean;
  /** After so many violations a credential is suspended. */
  suspendAfter?: number;
  /** Reads of IAM show the past, as on AWS. */
  iamLag?: IamLag;
  help: boolean;
}

/** Text of `npm start -- --help`. */
export const localUsage = `Starts Sesame on this machine, with an AWS emulator and an SMTP endpoint like that of Amazon SES.

  npm start -- [options]

  --port-base N   first port, 1024 to 65400; default 4500. AWS emulator N, SMTP with STARTTLS N+87, SMTP over TLS N+65,
                  mailbox N+80. All on 127.0.0.1.
  --state DIR     keep the state in DIR, so that records and credentials survive a restart. It is written when Ctrl-C stops it
  --reset         delete the state in DIR first
  --fast          a day passes in a second: rotation, grace, quiet and deletion periods, and the schedules
  --suspend-after N
                  suspend a credential after N mails that SES took although its record doesn't allow their senders: somebody
                  widened its IAM policy. By default such mails are only told of. What is refused with 554 isn't counted
  --iam-lag TIME  IAM's answers may be as old as TIME, such as 500ms or 5s, as on AWS: what is new isn't seen yet, what was deleted
                  is still there. For the functions and the SMTP endpoint; what you ask is answered as it is
  --iam-lag-everybody
                  what you ask is as old, too
  --logs          show what the functions log
  --help          show this

One stack runs in a folder. Ctrl-C stops it.`;

const defaultPortBase = 4500;
const longestIamLagSeconds = 600;

/**
 * Reads the command line.
 *
 * @throws Error that names the option at fault.
 */
export function readOptions(args: string[]): LocalOptions {
  const values = parse(args);
  const portBase = Number(values['port-base'] ?? defaultPortBase);
  if (!Number.isInteger(portBase) || portBase < 1024 || portBase > 65_400) {
    throw new Error(`--port-base must be a whole number from 1024 to 65400, not "${values['port-base']}".`);
  }
  if (values.state === '') throw new Error('--state needs the name of a folder.');
  if (values.reset && values.state === undefined) {
    throw new Error('--reset needs --state DIR: without --state nothing is kept, and each start is a fresh one.');
  }
  const suspendAfter = values['suspend-after'];
  if (suspendAfter !== undefined && !/^[1-9]\d{0,4}$/.test(suspendAfter)) {
    throw new Error(`--suspend-after must be a whole number from 1 to 99999, not "${suspendAfter}".`);
  }
  const iamLag = readIamLag(values);
  return {
    portBase,
    reset: values.reset,
    logs: values.logs,
    fast: values.fast,
    help: values.help,
    ...(values.state === undefined ? {} : { state: values.state }),
    ...(suspendAfter === undefined ? {} : { suspendAfter: Number(suspendAfter) }),
    ...(iamLag === undefined ? {} : { iamLag }),
  };
}

function readIamLag(values: ReturnType<typeof parse>): IamLag | undefined {
  const { 'iam-lag': text, 'iam-lag-everybody': everybody } = values;
  if (text === undefined) {
    if (everybody) throw new Error('--iam-lag-everybody needs --iam-lag TIME, such as --iam-lag 5s.');
    return undefined;
  }
  const [, number, unit] = /^(\d{1,6}(?:\.\d{1,3})?)(ms|s)$/.exec(text) ?? [];
  const seconds = Number(number) / (unit === 'ms' ? 1000 : 1);
  if (!(seconds >= 0.001 && seconds <= longestIamLagSeconds)) {
    throw new Error(
      `--iam-lag must be a time from 1ms to ${longestIamLagSeconds}s, such as 500ms or 5s, not "${text}".`,
    );
  }
  return { seconds, everybody };
}

function parse(args: string[]) {
  try {
    const { values } = parseArgs({
      args,
      options: {
        'port-base': { type: 'string' },
        state: { type: 'string' },
        reset: { type: 'boolean', default: false },
        'suspend-after': { type: 'string' },
        'iam-lag': { type: 'string' },
        'iam-lag-everybody': { type: 'boolean', default: false },
        logs: { type: 'boolean', default: false },
        fast: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    return values;
  } catch (error) {
    // Node's own words name the option; of what follows them little helps here.
    const [first = ''] = String(error instanceof Error ? error.message : error).split(/\. |\n/);
    throw new Error(`${first.replace(/\.$/, '')}. All options: npm start -- --help`);
  }
}
