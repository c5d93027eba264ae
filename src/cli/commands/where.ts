import { findClientMessageId } from '../../mail-events/client-message-id.ts';
import { isFinal } from '../../mail-events/recipient-states.ts';
import { findSesMessageId } from '../../mail-events/ses-message-id.ts';
import type { ApiClient, ApiRequest } from '../command/api-client.ts';
import { CliError, usageError } from '../command/cli-error.ts';
import { defineCommand } from '../command/command.ts';
import type { CommandDeps } from '../command/command-deps.ts';
import type { CommandIo } from '../command/command-io.ts';
import { exitCodes } from '../command/exit-codes.ts';
import type { Cell, Result } from '../command/result.ts';
import { showText } from '../output/show-text.ts';
import { findSentMessages, type SentMessages } from './find-sent-messages.ts';
import { readSince } from './read-since.ts';
import { describeEvent, lastWords, type SentMessage, stateOfMessage, storyOf } from './sent-message.ts';

type Query = NonNullable<ApiRequest['query']>;

export const command = defineCommand({
  description:
    "What SES's events tell of a mail: accepted, delivered, delayed or bounced, with the other server's words, and what isn't known. Looks at the last day, or from the time in a message id on.",
  arguments: {
    what: {
      summary: "A message id or a line that holds one (such as '250 Ok ID'), a recipient's address, or a credential",
      isOptional: true,
    },
  },
  flags: {
    credential: { value: 'NAME', summary: 'Only mails of this credential' },
    since: { value: 'TIME', summary: 'From when on: a time in ISO 8601, or 6h, 2d (1d)' },
    until: { value: 'TIME', summary: 'Until when: the same, or now (now)' },
    limit: { value: 'N', range: [1, 10_000], summary: 'Stop after about so many mails (100)' },
    follow: { summary: 'Print new events as they come, until Ctrl-C. With --output json, a JSON object on each line' },
    interval: { value: 'SECONDS', range: [1, 3_600], summary: 'With --follow, the pause between two looks (5)' },
    timeout: { value: 'SECONDS', range: [1, 86_400], summary: 'With --follow, end after so long' },
  },
  examples: [
    ["sesame where '250 Ok 0107018c2a6f5e3b-1f0c6a52-1d7e-4f3a-9c55-0a1b2c3d4e5f-000000'", 'A line of a mail log'],
    ['sesame where kim@example.org --since 2d', 'What a recipient should have got'],
    ['sesame where billing', 'The mails of a credential'],
    ['sesame where kim@example.org --follow', 'What happens now'],
  ],
  columns: ['at', 'credential', 'to', 'state', 'words', 'message_id'],
  async run({ args: { what }, flags }, deps, io) {
    const { limit = 100 } = flags;
    const { api } = await deps.target();
    const nowMs = deps.now();
    const filter = {
      ...(flags.credential === undefined ? {} : { credential: flags.credential }),
      ...(flags.since === undefined ? {} : { since: readSince(flags.since, nowMs) }),
      ...(flags.until === undefined ? {} : { until: readSince(flags.until, nowMs) }),
    };
    if (what === undefined && flags.credential === undefined && flags.since === undefined && !flags.follow) {
      throw usageError('Say which mail: a message id, a recipient, a credential, or --since for all mails of a time.');
    }
    const readings = what === undefined ? [{}] : readingsOf(what);
    if (flags.follow) return await follow(api, readings, filter, flags, deps, io);
    const found = await findFirst(api, readings, filter, limit, io);
    return present(found, io);
  },
});

/** What a text may mean, the likeliest first. An address, a Message-ID and a username may look the same. */
function readingsOf(what: string): Query[] {
  const ses = findSesMessageId(what);
  if (ses !== undefined) return [{ message_id: ses.id }];
  const client = findClientMessageId(what);
  const isAddress = client !== undefined && what.trim() === client;
  if (isAddress) return [{ recipient: client }, { credential: client }, { message_id: client }];
  const isLine = client !== undefined;
  if (isLine) return [{ message_id: client }, { recipient: client }];
  if (/^[A-Za-z0-9+=.@_-]{1,128}$/.test(what)) return [{ credential: what }];
  throw usageError(
    `"${what.slice(0, 100)}" holds no message id, and is neither an address nor a credential's name. SES's reply to a mail has its id: 250 Ok ID.`,
  );
}

/** The first reading that finds something. */
async function findFirst(
  api: ApiClient,
  readings: readonly Query[],
  filter: Query,
  limit: number,
  io: Pick<CommandIo, 'progress'>,
): Promise<SentMessages> {
  let found: SentMessages | undefined;
  for (const reading of readings) {
    const query = { ...filter, ...reading };
    const isOneMail = reading['message_id'] !== undefined;
    const read = await findSentMessages(api, query, {
      limit,
      isEnough: (messages) =>
        isOneMail && filter['until'] === undefined && messages.length > 0 && messages.every(isSettled),
      onPage: ({ looked_at, messages }) => io.progress(`Looked until ${looked_at.until}: ${messages.length} found`),
    }).catch((error: unknown) => {
      // The text may mean something else.
      if (
        error instanceof CliError &&
        readings.length > 1 &&
        /^Invalid(Address|Username|MessageId)$/.test(error.code)
      ) {
        return undefined;
      }
      throw error;
    });
    if (read !== undefined && (found === undefined || read.messages.length > 0)) found = read;
    if (read !== undefined && read.messages.length > 0) break;
  }
  io.progress('');
  if (found === undefined) throw usageError('This is neither a message id, nor an address, nor a name.');
  return found;
}

function isSettled({ recipients }: SentMessage): boolean {
  return recipients.every(({ state }) => isFinal(state));
}

function present(found: SentMessages, io: Pick<CommandIo, 'output'>): Result {
  const { messages, looked_at: looked, next_cursor: cursor } = found;
  const rows = messages.map((message) => ({
    at: message.at,
    credential: message.credential ?? message.iam_user,
    to: message.to.join(', '),
    state: stateOfMessage(message),
    words: lastWords(message),
    message_id: message.message_id,
  }));
  const [only] = messages;
  const isStory = messages.length > 0 && messages.length <= mostStories && io.output === 'table';
  const stories = messages.length === 1 && only !== undefined ? fieldsOf(only) : messages.flatMap(shortStoryOf);
  return {
    json: found,
    ...(isStory ? { fields: stories } : { rows }),
    notes: [
      ...(messages.length === 0
        ? [
            `No event of such a mail between ${looked.since} and ${looked.until}. SES's delivery to the log is best effort, so a missing event proves nothing.`,
            'Look at a longer time with --since. `sesame can NAME --from A --to B` says whether SES would take the mail.',
          ]
        : []),
      ...(cursor === undefined
        ? []
        : [
            messages.every(isSettled) && messages.length > 0
              ? `Looked until ${looked.until}. What came later, such as a complaint: --until now.`
              : `Stopped at ${looked.until}: there is more. Look at a part with --since and --until, or raise --limit.`,
          ]),
    ],
    exit: messages.length === 0 ? exitCodes.notFound : exitCodes.ok,
  };
}

/** More are a table. */
const mostStories = 10;

/** A mail among several. */
function shortStoryOf(message: SentMessage): (readonly [string, Cell])[] {
  const { recipients, credential, from } = message;
  return [
    [message.at.replace(/\.\d+Z$/, 'Z'), { text: message.message_id, tone: 'bold' }],
    ['from', `${from} (${credential ?? 'no credential of Sesame now'})`],
    ...recipients.map((recipient) => ['to', storyOf(message, recipient)] as const),
  ];
}

function fieldsOf(message: SentMessage): (readonly [string, Cell])[] {
  const { verdict, recipients } = message;
  const suppressed = recipients.flatMap(({ suppression }) => suppression ?? []);
  return [
    ['message id', { text: message.message_id, tone: 'bold' }],
    ['credential', message.credential ?? 'none of Sesame now'],
    ['from', message.from],
    ['sent', message.at],
    ...recipients.map((recipient) => ['to', storyOf(message, recipient)] as const),
    ['sender', describeVerdict(verdict)],
    ...suppressed.map(({ address, reason, since }): [string, Cell] => [
      'suppressed',
      {
        text: `${address} is on the suppression list of the account${since === undefined ? '' : ` since ${since}`}: ${reason}`,
        tone: 'bad',
      },
    ]),
    ...message.unknown.map(({ message: text }): [string, Cell] => ['not known', { text, tone: 'warning' }]),
    ...suppressed.map(({ address }): [string, Cell] => [
      'next',
      `If the address is right and its owner wants the mail: sesame suppressions remove ${address}`,
    ]),
  ];
}

const verdictWords: Readonly<Record<string, string>> = {
  allowed: 'allowed',
  violation: 'not allowed',
  unreadable: 'can not be read',
  'sends-while-disabled': 'the credential was disabled',
  'other-envelope': 'allowed; its envelope is another',
  'changed-since': 'not allowed now, but the record has changed since',
  'record-invalid': "the record's senders can not be read",
  'record-missing': 'not known: there is no record',
  'unknown-identity': 'not known: no credential of Sesame sent it',
};

function describeVerdict({ code, senders }: SentMessage['verdict']): Cell {
  const named =
    senders.length === 0 ? '' : `: ${senders.map(({ where, address }) => `${where} ${address}`).join(', ')}`;
  const text = `${verdictWords[code] ?? code}${named} (by the record as it is now)`;
  return code === 'violation' || code === 'sends-while-disabled' ? { text, tone: 'bad' } : text;
}

/** Events are late: EventBridge and the log take their time. */
const overlapMs = 5 * 60_000;

async function follow(
  api: ApiClient,
  readings: readonly Query[],
  filter: Query,
  {
    interval = 5,
    timeout,
    since,
  }: {
    readonly interval?: number | undefined;
    readonly timeout?: number | undefined;
    readonly since?: string | undefined;
  },
  deps: CommandDeps,
  io: CommandIo,
): Promise<Result> {
  const endMs = timeout === undefined ? Number.POSITIVE_INFINITY : deps.now() + timeout * 1000;
  const shown = new Set<string>();
  // What was before is shown once, if it was asked for.
  let fromMs = since === undefined ? deps.now() - overlapMs : Date.parse(String(filter['since']));
  for (;;) {
    const nowMs = deps.now();
    for (const reading of readings) {
      const query = {
        ...filter,
        ...reading,
        since: new Date(fromMs).toISOString(),
        until: new Date(nowMs).toISOString(),
      };
      const { messages } = await findSentMessages(api, query).catch((error: unknown) => {
        if (error instanceof CliError && /^Invalid(Address|Username|MessageId|Time)$/.test(error.code))
          return { messages: [] };
        throw error;
      });
      writeNew(messages, shown, io);
    }
    if (deps.now() + interval * 1000 > endMs) return { json: undefined };
    fromMs = Math.max(fromMs, nowMs - overlapMs);
    await deps.sleep(interval * 1000);
  }
}

function writeNew(messages: readonly SentMessage[], shown: Set<string>, io: Pick<CommandIo, 'write' | 'output'>): void {
  const events = messages
    .flatMap((message) => message.events.map((event) => ({ message, event })))
    .sort((a, b) => Date.parse(a.event.at) - Date.parse(b.event.at));
  for (const { message, event } of events) {
    const key = JSON.stringify([message.message_id, event]);
    if (shown.has(key)) continue;
    shown.add(key);
    const { message_id, credential, from } = message;
    if (io.output === 'json') {
      io.write(`${JSON.stringify({ message_id, credential, from, ...event })}\n`);
      continue;
    }
    const cells = [message_id, credential ?? '-', event.recipients.join(', '), describeEvent(event)].map(showText);
    io.write(`${cells.join(io.output === 'tsv' ? '\t' : '  ')}\n`);
  }
}
