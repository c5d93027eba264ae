import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  FilterLogEventsCommand,
  type FilterLogEventsCommandInput,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { EventBridgeClient, PutEventsCommand, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { localSettings } from '../../../local/local-settings.ts';
import { type OwnEmulator, startOwnEmulator } from '../../support/own-emulator.ts';

const { region, accountId } = localSettings;
const logGroupName = '/test/events';
const startMs = Date.now() - 3_600_000;
let emulator: OwnEmulator;
let logs: CloudWatchLogsClient;
let events: EventBridgeClient;

/** Puts these messages, a second apart. */
async function put(logStreamName: string, messages: readonly string[], fromMs = startMs): Promise<void> {
  await logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName }));
  const logEvents = messages.map((message, index) => ({ message, timestamp: fromMs + index * 1000 }));
  await logs.send(new PutLogEventsCommand({ logGroupName, logStreamName, logEvents }));
}

interface Page {
  readonly messages: readonly string[];
  readonly nextToken: string | undefined;
}

async function search(input: Partial<FilterLogEventsCommandInput>): Promise<Page> {
  const answer = await logs.send(new FilterLogEventsCommand({ logGroupName, ...input }));
  return { messages: (answer.events ?? []).map(({ message = '' }) => message), nextToken: answer.nextToken };
}

async function pagesOf(input: Partial<FilterLogEventsCommandInput>): Promise<Page[]> {
  const pages: Page[] = [];
  let nextToken: string | undefined;
  do {
    const page = await search({ ...input, nextToken });
    pages.push(page);
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return pages;
}

async function found(filterPattern: string): Promise<string[]> {
  return (await pagesOf({ filterPattern, logStreamNames: ['patterns'] })).flatMap(({ messages }) => messages);
}

const patterns = [
  'Plain words, and one-more',
  '{"detail":{"username":"jane","mail":{"messageId":"0100-a-b","destination":["Kim@Example.net"]}}}',
  '{"detail":{"username":"jane.doe","mail":{"messageId":"0100-c-d","destination":["kim+tag@example.net"]}}}',
];

beforeAll(async () => {
  emulator = await startOwnEmulator();
  const settings = { endpoint: emulator.endpoint, region, credentials: { ...emulator.credentials }, maxAttempts: 1 };
  logs = new CloudWatchLogsClient(settings);
  events = new EventBridgeClient(settings);
  await logs.send(new CreateLogGroupCommand({ logGroupName }));
  await put('patterns', patterns);
  await put(
    'many',
    Array.from({ length: 1_700 }, (_, index) => `number ${index}`),
  );
}, 60_000);

afterAll(async () => {
  logs?.destroy();
  events?.destroy();
  await emulator?.stop();
});

describe('a search of a log group', () => {
  it('answers empty pages with a token, until it has looked at everything', async () => {
    const pages = await pagesOf({ filterPattern: '"number 1600"', logStreamNames: ['many'] });
    expect(pages.map(({ messages }) => messages)).toEqual([[], [], [], ['number 1600']]);
  });

  it('finds each event once, in the order of their times, whatever the limit', async () => {
    for (const limit of [1_000, 333, undefined]) {
      const all = (await pagesOf({ limit, logStreamNames: ['many'] })).flatMap(({ messages }) => messages);
      expect(all).toEqual(Array.from({ length: 1_700 }, (_, index) => `number ${index}`));
    }
  });

  it('finds events of one time once, over several pages', async () => {
    await logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName: 'at-once' }));
    const logEvents = Array.from({ length: 1_200 }, (_, index) => ({
      message: `at once ${index}`,
      timestamp: startMs,
    }));
    await logs.send(new PutLogEventsCommand({ logGroupName, logStreamName: 'at-once', logEvents }));
    const all = (await pagesOf({ logStreamNames: ['at-once'] })).flatMap(({ messages }) => messages);
    expect(all).toHaveLength(1_200);
    expect(new Set(all).size).toBe(1_200);
  });

  it('looks at nothing outside the time', async () => {
    const bounds = { startTime: startMs + 100_000, endTime: startMs + 102_000 };
    expect(await pagesOf({ ...bounds, logStreamNames: ['many'] })).toEqual([
      { messages: ['number 100', 'number 101', 'number 102'], nextToken: undefined },
    ]);
  });

  it('refuses the token of another search', async () => {
    const { nextToken } = await search({ logStreamNames: ['many'] });
    await expect(search({ filterPattern: 'other', logStreamNames: ['many'], nextToken })).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
    await expect(search({ nextToken: 'made-up' })).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });

  it('holds no more than a megabyte in a page', async () => {
    await put(
      'large',
      Array.from({ length: 8 }, () => 'x'.repeat(200_000)),
    );
    expect((await pagesOf({ logStreamNames: ['large'] })).map(({ messages }) => messages.length)).toEqual([4, 4]);
  });
});

describe('a pattern', () => {
  test.each([
    ['words', 'Plain words', [0]],
    ['a word in other case', 'plain', []],
    ['a phrase', '"one-more"', [0]],
    ['alternatives', '?"0100-a-b" ?"0100-c-d"', [1, 2]],
    ['what must not be there', '"example.net" -"tag"', []],
    ['what must not be there', '"username" -"tag"', [1]],
    ['an attribute', '{ $.detail.username = "jane" }', [1]],
    ['an attribute with a joker', '{ $.detail.username = "jane*" }', [1, 2]],
    ['two attributes', '{ $.detail.username = "jane*" && $.detail.mail.messageId != "0100-a-b" }', [2]],
    ['one of two attributes', '{ $.detail.username = "john" || $.detail.mail.messageId = "0100-a-b" }', [1]],
    ['an element of a list', '{ $.detail.mail.destination[0] = "Kim@Example.net" }', [1]],
    ['an attribute that is not there', '{ $.detail.nothing = "jane" }', []],
    ['a regular expression', '%"[kK][iI][mM]@[eE]xample%', undefined],
    ['a regular expression', '%[kK][iI][mM]@[eE]xample\\.net%', [1]],
    ['a regular expression with an escaped sign', '%kim\\+tag@%', [2]],
  ])('with %s: %s', async (_, pattern, expected) => {
    if (expected === undefined) {
      await expect(found(pattern)).rejects.toMatchObject({ name: 'InvalidParameterException' });
    } else {
      expect(await found(pattern)).toEqual(expected.map((index) => patterns[index]));
    }
  });

  test.each([
    '{ $.detail.username = jane',
    '{ $.detail.size > 3 }',
    'a@b',
    '"open',
    '%a% %b% %c%',
    `"${'x'.repeat(1_024)}"`,
  ])('that can’t be read is refused: %s', async (pattern) => {
    await expect(found(pattern)).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });
});

it('is where EventBridge writes the events of a rule', async () => {
  const target = '/test/target';
  await logs.send(new CreateLogGroupCommand({ logGroupName: target }));
  await events.send(
    new PutRuleCommand({
      Name: 'ours',
      EventPattern: JSON.stringify({ source: ['ours'], detail: { table: ['mail'] } }),
    }),
  );
  const Arn = `arn:aws:logs:${region}:${accountId}:log-group:${target}`;
  await events.send(new PutTargetsCommand({ Rule: 'ours', Targets: [{ Id: 'log', Arn }] }));
  const entry = (table: string) => ({
    Source: 'ours',
    DetailType: 'made',
    Detail: JSON.stringify({ table, name: 'é' }),
  });
  await events.send(new PutEventsCommand({ Entries: [entry('mail'), entry('other')] }));
  const { messages } = await search({ logGroupName: target });
  expect(messages.map((message) => JSON.parse(message))).toEqual([
    {
      version: '0',
      id: expect.any(String),
      source: 'ours',
      'detail-type': 'made',
      account: accountId,
      region,
      time: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/),
      resources: [],
      detail: { table: 'mail', name: 'é' },
    },
  ]);
});
