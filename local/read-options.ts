import { resolve } from 'node:path';
import type { EnvelopeRule } from '../src/mail-events/policy-doubt.ts';
import { readArguments } from './command/read-arguments.ts';
import { readWholeNumber } from './command/read-whole-number.ts';
import { UsageError } from './command/usage-error.ts';
import type { IamLag } from './emulator/start-emulator.ts';
import type { FromAddressReading } from './smtp-endpoint/authorize-sending.ts';

/** The options of `npm start`. */
export interface LocalOptions {
  portBase: number;
  /** An absolute path. */
  state?: string;
  reset: boolean;
  logs: boolean;
  fast: boolean;
  /** The number of violations after which a credential is suspended. */
  suspendAfter?: number;
  /** How many recipients a credential without `quota_per_day` may send to in a day. */
  defaultQuotaPerDay?: number;
  /** How many credentials there may be. */
  maxCredentials?: number;
  /** Reads of IAM may return an old state, as on AWS. */
  iamLag?: IamLag;
  /** Which address `ses:FromAddress` holds over SMTP. */
  fromAddress?: FromAddressReading;
  envelope?: EnvelopeRule;
  /** The SMTP endpoint plays trouble. */
  chaos: boolean;
  help: boolean;
}

/** Text of `npm start -- --help`. */
export const localUsage = `Starts Sesame on this machine, with an AWS emulator and an SMTP endpoint like that of Amazon SES.

  npm start -- [options]

  --port-base N   first port, 1024 to 65400; default 4500. AWS emulator N, SMTP with STARTTLS N+87, SMTP over TLS N+65,
                  mailbox N+80. All on 127.0.0.1.
  --state DIR     keep the state in DIR, so that records and credentials survive a restart. It is saved about a second after
                  each change and when Sesame stops. A relative DIR starts at the folder that you call npm from
  --reset         delete the state in DIR first
  --fast          a day passes in a second: rotation, grace, quiet and deletion periods, and the schedules
  --suspend-after N
                  suspend a credential after N mails that SES accepted although its record doesn't allow their senders: its IAM
                  policy was widened, or the mail names another address in its Sender header, which IAM doesn't check.
                  By default such mails are only reported. Mails that are refused with 554 don't count
  --default-quota-per-day N
                  suspend a credential until the end of the day (UTC) when it sends to more than N recipients and its record names
                  no quota_per_day
  --max-credentials N
                  let records fail that would be credential N+1 and further ones
  --iam-lag TIME  reads of IAM may be as old as TIME, such as 500ms or 5s, as on AWS: new entities are missing, deleted ones are
                  still there. This applies to the functions and the SMTP endpoint, not to your own reads
  --iam-lag-everybody
                  your own reads lag too
  --from-address WHICH
                  which address the policies are asked about, which AWS doesn't say: header (From), envelope (MAIL FROM), or both,
                  the default
  --envelope RULE an envelope sender that a record neither allows nor limits is a notice (the default) or, with strict, a violation
  --chaos         every fifth mail meets trouble, as at SES: throttled, timed out, hung up, bounced. docs/local-stack.md has the list
  --logs          show what the functions and the SMTP endpoint log
  -h, --help      show this

One stack runs in a folder. Ctrl-C stops it. Exit status: 0 after a stop; 1 when something failed, such as a state that could not
be saved; 2 for a command line that can't be understood.`;

const defaultPortBase = 4500;
const longestIamLagSeconds = 600;

/**
 * Reads the command line.
 *
 * @param folder the folder that relative paths start from
 * @throws UsageError that names the wrong option
 */
export function readOptions(args: string[], folder: string): LocalOptions {
  const { values } = readArguments(args, {
    'port-base': { type: 'string', default: String(defaultPortBase) },
    state: { type: 'string' },
    reset: { type: 'boolean', default: false },
    'suspend-after': { type: 'string' },
    'default-quota-per-day': { type: 'string' },
    'max-credentials': { type: 'string' },
    'iam-lag': { type: 'string' },
    'iam-lag-everybody': { type: 'boolean', default: false },
    'from-address': { type: 'string' },
    envelope: { type: 'string' },
    chaos: { type: 'boolean', default: false },
    logs: { type: 'boolean', default: false },
    fast: { type: 'boolean', default: false },
  });
  const { state, reset, logs, fast, help } = values;
  if (state === '') throw new UsageError('--state needs the name of a folder.');
  if (reset && state === undefined && !help) {
    throw new UsageError('--reset needs --state DIR: without --state nothing is kept, and each start is a fresh one.');
  }
  const fromAddress = readOneOf('--from-address', values['from-address'], ['both', 'header', 'envelope'] as const);
  const envelope = readOneOf('--envelope', values.envelope, ['notice', 'strict'] as const);
  const suspendAfter = readNumber('--suspend-after', values['suspend-after'], 99_999);
  const defaultQuotaPerDay = readNumber('--default-quota-per-day', values['default-quota-per-day'], 999_999_999);
  const maxCredentials = readNumber('--max-credentials', values['max-credentials'], 5_000);
  const iamLag = help ? undefined : readIamLag(values['iam-lag'], values['iam-lag-everybody']);
  return {
    portBase: readWholeNumber('--port-base', values['port-base'], { from: 1024, to: 65_400 }),
    reset,
    logs,
    fast,
    help,
    ...(state === undefined ? {} : { state: resolve(folder, state) }),
    ...(suspendAfter === undefined ? {} : { suspendAfter }),
    ...(defaultQuotaPerDay === undefined ? {} : { defaultQuotaPerDay }),
    ...(maxCredentials === undefined ? {} : { maxCredentials }),
    ...(iamLag === undefined ? {} : { iamLag }),
    ...(fromAddress === undefined ? {} : { fromAddress }),
    ...(envelope === undefined ? {} : { envelope }),
    chaos: values.chaos,
  };
}

function readNumber(option: string, text: string | undefined, to: number): number | undefined {
  return text === undefined ? undefined : readWholeNumber(option, text, { from: 1, to });
}

function readOneOf<T extends string>(option: string, text: string | undefined, words: readonly T[]): T | undefined {
  const found = words.find((word) => word === text);
  if (text === undefined || found !== undefined) return found;
  throw new UsageError(`${option} must be one of ${words.join(', ')}, not "${text}".`);
}

function readIamLag(text: string | undefined, everybody: boolean): IamLag | undefined {
  if (text === undefined) {
    if (everybody) throw new UsageError('--iam-lag-everybody needs --iam-lag TIME, such as --iam-lag 5s.');
    return undefined;
  }
  const [, number, unit] = /^(\d{1,6}(?:\.\d{1,3})?)(ms|s)$/.exec(text) ?? [];
  const seconds = Number(number) / (unit === 'ms' ? 1000 : 1);
  if (!(seconds >= 0.001 && seconds <= longestIamLagSeconds)) {
    throw new UsageError(
      `--iam-lag must be a time from 1ms to ${longestIamLagSeconds}s, such as 500ms or 5s, not "${text}".`,
    );
  }
  return { seconds, everybody };
}
