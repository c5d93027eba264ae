import { readFileSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type _Record as StreamRecord,
} from '@aws-sdk/client-dynamodb-streams';
import { GetUserPolicyCommand } from '@aws-sdk/client-iam';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCredentialRecords } from '../support/credential-records.ts';
import { deadLettersIn, usernameOf } from '../support/dead-letters.ts';
import { iamUsersOf } from '../support/iam-users-of.ts';
import { localStack } from '../support/local-stack.ts';
import { recordedCalls } from '../support/recorded-calls.ts';

const manager = 'smtp-credential-manager';
const { description, clients } = localStack();
const records = createCredentialRecords(clients.dynamodb, description.table);

type Item = Record<string, unknown>;

/** A record that an administrator might insert, and what its failure must say. Without `says` it becomes active. */
interface Case {
  readonly title: string;
  readonly username?: string;
  /** Changes to a good record; undefined omits an attribute. */
  readonly item?: Item;
  readonly says?: readonly (string | RegExp)[];
  /** Parts of the IAM policy, if the record becomes active. */
  readonly policy?: readonly string[];
}

const from = (value: unknown): Item => ({ allowed_from_addresses: value });
const pattern = (title: string, value: string, ...says: (string | RegExp)[]): Case => ({
  title,
  item: from([value]),
  says: ['allowed_from_addresses', ...says],
});
const name = (title: string, username: string, ...says: (string | RegExp)[]): Case => ({
  title,
  username,
  says: ['SK: ', ...says, 'insert the record again'],
});

const cases: readonly Case[] = [
  { title: 'no allowed_from_addresses', item: from(undefined), says: ['allowed_from_addresses: is missing. Add'] },
  { title: 'an empty list', item: from([]), says: ['allowed_from_addresses: the list is empty. Add'] },
  { title: 'text instead of a list', item: from('a@example.com'), says: ['"a@example.com" is not a list. Write'] },
  { title: 'a number in the list', item: from([42]), says: ['allowed_from_addresses', '42'] },
  { title: 'null in the list', item: from([null]), says: ['allowed_from_addresses', 'null'] },
  { title: 'a set of numbers', item: from(new Set([1, 2])), says: ['allowed_from_addresses', '1'] },
  { title: 'a string set', item: from(new Set(['b@example.com', 'a@example.com'])), policy: ['a@example.com'] },
  pattern('everything', '*', '"*"'),
  pattern('every address', '*@*', '"*@*"'),
  pattern('a public suffix', '*@*.co.uk', '"*@*.co.uk"', 'co.uk'),
  pattern('a top-level domain', '*@*.com', '"*@*.com"'),
  pattern('a question mark', 'a?b@example.com', '"a?b@example.com"'),
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a policy variable, not a template
  pattern('a policy variable', '${aws:username}@example.com', '${aws:username}@example.com'),
  pattern('no @', 'example.com', '"example.com"', '@'),
  pattern('two @', 'a@b@example.com', '"a@b@example.com"', '@'),
  pattern('a space', 'john doe@example.com', '"john doe@example.com"'),
  pattern('a space at the end', 'john.doe@example.com ', '"john.doe@example.com "'),
  pattern('a newline', 'a@example.com\nb@example.com', '\\n'),
  pattern('a control character', 'a\u0007@example.com', '<U+0007>'),
  pattern('500 characters', `${'a'.repeat(488)}@example.com`, /a{40,}…/, /\d+ characters/),
  pattern('an empty pattern', '', '""'),
  { title: '300 patterns', item: from(many(300)), says: ['allowed_from_addresses: 300 entries', 'at most 100'] },
  {
    title: '100 patterns that no policy can hold',
    item: from(many(100, 'a'.repeat(60))),
    says: ['allowed_from_addresses', 'characters', 'more than the 6144', 'Replace entries'],
  },
  { title: 'an upper-case domain', item: from(['John@EXAMPLE.Com']), policy: ['John@example.com'] },
  { title: 'an IDN', item: from(['*@bücher.example']), policy: ['*@xn--bcher-kva.example'] },
  { title: 'a character', username: 'x', policy: ['sender@example.com'] },
  { title: '64 characters', username: `n${'a'.repeat(63)}`, policy: ['sender@example.com'] },
  { title: 'an e-mail address', username: 'jane.roe+mail@example.com', policy: ['sender@example.com'] },
  name('an empty username', '', 'is empty'),
  name('200 characters as username', 'n'.repeat(200), /n{40,}…/, '200 characters'),
  name('a slash', 'a/b', '"a/b"', '"/"'),
  name('a hash', 'a#b', '"a#b"', '"#"'),
  name('two dots', 'a..b', '"a..b"', '".."'),
  name('only two dots', '..', '".."'),
  name('a space in the username', 'a b', '"a b"'),
  name('quotes', `a"b'c`, 'a\\"b'),
  name('an emoji', 'a😀', '😀'),
  { title: 'a wrong entity_type', item: { entity_type: 'ROUTE' }, says: ['entity_type: "ROUTE"', 'Correct it'] },
  { title: 'entity_type of another type', item: { entity_type: 7 }, says: ['entity_type: 7'] },
  { title: 'no entity_type', item: { entity_type: undefined }, policy: ['sender@example.com'] },
  { title: 'an unknown status', item: { status: 'enabled' }, says: ['status: "enabled"', 'Set it to "pending"'] },
  { title: 'a number as status', item: { status: 1 }, says: ['status: 1', 'Set it to "pending"'] },
  { title: 'a map as status', item: { status: { is: 'pending' } }, says: ['status: {"is"', 'Set it to'] },
  { title: 'no status', item: { status: undefined }, says: ['status: is missing', 'Set it to'] },
  { title: 'a claim of text', item: { claim: 'mine' }, policy: ['sender@example.com'] },
  {
    title: 'the ARN of another user',
    item: { iam_user_arn: 'arn:aws:iam::000000000000:user/admin' },
    policy: ['sender'],
  },
  { title: 'a password of a number', item: { encrypted_password: 5, access_key_id: 'AKIAX' }, policy: ['sender'] },
  { title: 'a failure of text', item: { failure: 'oops' }, policy: ['sender@example.com'] },
  { title: 'a quota in words', item: { quota_per_hour: 'ten' }, says: ['quota_per_hour: "ten"', 'whole number'] },
  { title: 'a quota of nothing', item: { quota_per_day: 0 }, says: ['quota_per_day: 0'] },
  { title: 'rotation every half day', item: { rotate_after_days: 0.5 }, says: ['rotate_after_days: 0.5'] },
  {
    title: 'a bad source IP',
    item: { allowed_source_ips: ['10.0.0.300'] },
    says: ['allowed_source_ips', '10.0.0.300'],
  },
  { title: 'a sandbox in words', item: { sandbox: 'yes' }, says: ['sandbox: "yes"', 'BOOL'] },
  {
    title: 'the 30th of February',
    item: { valid_until: '2099-02-30' },
    says: ['valid_until: "2099-02-30"', 'ISO 8601'],
  },
  { title: 'a time without a zone', item: { valid_until: '2099-02-20T10:00' }, says: ['valid_until', 'zone'] },
  { title: 'an owner of a number', item: { owner: 7 }, says: ['owner: 7', 'text (S)'] },
  { title: 'a label of a number', item: { labels: { team: 7 } }, says: ['labels', '"team" is 7'] },
  { title: 'a list of labels', item: { labels: ['team'] }, says: ['labels: ["team"]', 'map (M)'] },
  {
    title: 'a requester of a number',
    item: { requested_by: 7, requested_at: 'today', labels: { team: 'a' }, owner: 'b' },
    policy: ['sender@example.com'],
  },
  { title: 'a bad recipient', item: { allowed_recipients: ['*'] }, says: ['allowed_recipients', '"*"'] },
  {
    title: 'three faults at once',
    item: { status: 9, entity_type: 'X', ...from([]) },
    says: ['status', 'entity_type', 'empty'],
  },
  { title: 'a number that JavaScript cannot hold', item: { big: 2n ** 70n }, policy: ['sender@example.com'] },
];

const usernameOfCase = (index: number) => cases[index]?.username ?? `bad-input-${index}`;

const otherItems: readonly Item[] = [
  { PK: 'ROUTE#*@example.com', SK: 'RULE#v1', entity_type: 'ROUTE', action: 'store', enabled: true, status: 'pending' },
  { PK: 'SMTP_USER', SK: 'META#counts', status: 'pending', ...from(['a@example.com']) },
  { PK: 'SMTP_USER', SK: 'USER', status: 'pending', ...from(['a@example.com']) },
  { PK: 'SMTP_USERS', SK: 'USER#other.partition', status: 'pending', ...from(['a@example.com']) },
];

const startedAtMs = Date.now();
let converged: Map<string, Item>;
let logBefore: number;

function many(count: number, prefix = 'sender'): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}${index}@example.com`);
}

async function put(item: Item): Promise<void> {
  const options = { removeUndefinedValues: true };
  await clients.dynamodb.send(new PutItemCommand({ TableName: description.table, Item: marshall(item, options) }));
}

async function readAll(): Promise<Item[]> {
  const { Items = [] } = await clients.dynamodb.send(
    new ScanCommand({ TableName: description.table, ConsistentRead: true }),
  );
  return Items.map((item) => unmarshall(item, { wrapNumbers: (text) => text }));
}

const isConverged = (item: Item | undefined) =>
  item !== undefined && (item['status'] === 'active' || item['status'] === 'failed') && item['claim'] === undefined;

beforeAll(async () => {
  logBefore = statSync(description.logs.functions).size;
  await Promise.all([
    ...otherItems.map(put),
    ...cases.map(({ item }, index) =>
      put({
        PK: 'SMTP_USER',
        SK: `USER#${usernameOfCase(index)}`,
        status: 'pending',
        entity_type: 'smtp_credential',
        ...from(['sender@example.com']),
        ...item,
      }),
    ),
  ]);
  const deadline = Date.now() + 30_000;
  for (;;) {
    const items = await readAll();
    converged = new Map(
      items.filter(({ PK }) => PK === 'SMTP_USER').map((item) => [String(item['SK']).slice(5), item]),
    );
    if (cases.every((_, index) => isConverged(converged.get(usernameOfCase(index))))) return;
    if (Date.now() > deadline) return; // Each case reports its own failure.
    await sleep(100);
  }
});

describe('an odd record', () => {
  it.each(cases.map((one, index) => ({ ...one, username: usernameOfCase(index) })))(
    'with $title ends as it should',
    async ({ username, says, policy = [] }) => {
      const record = converged.get(username);
      const failure = record?.['failure'] as { message?: string; code?: string; correlation_id?: string } | undefined;
      if (says === undefined) {
        expect(failure).toBeUndefined();
        expect(record).toMatchObject({ status: 'active', access_key_id: expect.stringMatching(/^AKIA/) });
        const [UserName] = await iamUsersOf(clients.iam, username);
        const { PolicyDocument = '' } = await clients.iam.send(
          new GetUserPolicyCommand({ UserName, PolicyName: 'sesame-sending' }),
        );
        for (const part of policy) expect(decodeURIComponent(PolicyDocument)).toContain(part);
        return;
      }
      expect(record).toMatchObject({ status: 'failed' });
      for (const part of says) expect(failure?.message).toMatch(typeof part === 'string' ? literally(part) : part);
      expect(failure?.message?.length).toBeLessThan(600);
      expect(failure).toMatchObject({ code: expect.any(String), correlation_id: expect.stringMatching(/./) });
      expect(await iamUsersOf(clients.iam, username)).toEqual([]);
    },
  );
});

describe('after all odd records', () => {
  it('nothing loops', async () => {
    // Only this function's lines: the verifier works on the new credentials at the same time.
    const linesOfManager = () => readFileSync(description.logs.functions, 'utf8').split(`${manager} {`).length;
    const lines = linesOfManager();
    const fromMs = Date.now();
    await sleep(1_200);
    expect(await recordedCalls(description, clients, manager, fromMs)).toEqual([]);
    expect(linesOfManager()).toBe(lines);
  });

  it('the function has never crashed, and nothing waits for a retry', async () => {
    const lines = readFileSync(description.logs.functions, 'utf8').slice(logBefore).split('\n');
    // The dead-letter processor still retries work of other tests.
    const log = lines.filter((line) => line.startsWith(manager)).join('\n');
    expect(log).not.toMatch(/UnexpectedError|Unhandled|TypeError|CREDENTIAL_FAILED|DEAD_LETTER/);
    expect(readFileSync(description.logs.emulator, 'utf8')).not.toMatch(/failed processing DynamoDB stream batch/);
    const usernames = new Set(cases.map((_, index) => usernameOfCase(index)));
    const deadLetters = deadLettersIn(await recordedCalls(description, clients, manager, startedAtMs));
    expect(deadLetters.filter((deadLetter) => usernames.has(usernameOf(deadLetter) ?? ''))).toEqual([]);
  });

  it('foreign items are untouched, and no call was made for them', async () => {
    const items = await readAll();
    for (const other of otherItems) {
      expect(items).toContainEqual(other);
    }
    const calls = await recordedCalls(description, clients, manager, startedAtMs);
    const keys = calls.map(({ parameters }) => (parameters['Key'] as { SK?: { S?: string } } | undefined)?.SK?.S);
    expect(keys.filter((key) => key !== undefined && !key.startsWith('USER#'))).toEqual([]);
    expect(calls.filter(({ parameters }) => JSON.stringify(parameters).includes('other.partition'))).toEqual([]);
  });

  it('no IAM call was made for an invalid record', async () => {
    const calls = await recordedCalls(description, clients, manager, startedAtMs);
    const created = calls
      .filter(({ action }) => action === 'iam:CreateUser')
      .map(({ parameters }) => parameters['UserName']);
    expect(created).toHaveLength(cases.filter(({ says }) => says === undefined).length);
  });
});

describe('the same change more than once', () => {
  const streams = new DynamoDBStreamsClient({ ...description, credentials: { ...description.credentials } });
  afterAll(() => streams.destroy());

  async function readInsert(username: string): Promise<StreamRecord> {
    const { StreamDescription } = await streams.send(new DescribeStreamCommand({ StreamArn: description.streamArn }));
    for (const { ShardId } of StreamDescription?.Shards ?? []) {
      let { ShardIterator } = await streams.send(
        new GetShardIteratorCommand({
          StreamArn: description.streamArn,
          ShardId,
          ShardIteratorType: 'TRIM_HORIZON',
        }),
      );
      while (ShardIterator !== undefined) {
        const page = await streams.send(new GetRecordsCommand({ ShardIterator }));
        const found = page.Records?.find(
          ({ eventName, dynamodb }) => eventName === 'INSERT' && dynamodb?.Keys?.['SK']?.S === `USER#${username}`,
        );
        if (found !== undefined) return found;
        if (page.Records?.length === 0) break;
        ShardIterator = page.NextShardIterator;
      }
    }
    throw new Error(`The stream has no INSERT of ${username}.`);
  }

  async function deliver(batch: readonly StreamRecord[]): Promise<unknown> {
    const Records = batch.map((record) => ({
      ...record,
      dynamodb: {
        ...record.dynamodb,
        ApproximateCreationDateTime: (record.dynamodb?.ApproximateCreationDateTime?.getTime() ?? 0) / 1000,
      },
    }));
    const { FunctionError, Payload } = await clients.lambda.send(
      new InvokeCommand({ FunctionName: manager, Payload: JSON.stringify({ Records }) }),
    );
    expect(FunctionError).toBeUndefined();
    return JSON.parse(Payload?.transformToString() ?? 'null');
  }

  async function expectOneUser(username: string): Promise<Item> {
    const record = await records.waitFor(
      username,
      (item) => item['status'] === 'active' && item['claim'] === undefined,
    );
    const users = await iamUsersOf(clients.iam, username);
    expect(users).toHaveLength(1);
    expect(record['iam_user_arn']).toContain(users[0]);
    return record;
  }

  it('a record that is created twice at once gets one user', async () => {
    await Promise.all([1, 2, 3].map(() => records.insert('created.twice', ['twice@example.com'])));
    await expectOneUser('created.twice');
    await sleep(300);
    await expectOneUser('created.twice');
  });

  it('a stream record that is delivered five times at once makes one user', async () => {
    await records.insert('five.times', ['five@example.com']);
    const news = await readInsert('five.times');
    await Promise.all([1, 2, 3, 4, 5].map(() => deliver([news])));
    await expectOneUser('five.times');
  });

  it('a stream record that is delivered five times later changes nothing, and its event is published again', async () => {
    const before = await expectOneUser('five.times');
    const news = await readInsert('five.times');
    const fromMs = Date.now();
    expect(await deliver([news, news, news, news, news])).toEqual({ batchItemFailures: [] });
    for (let time = 0; time < 4; time += 1) await deliver([news]);
    const { updated_at: _at, updated_by: _by, ...rest } = before;
    expect(await expectOneUser('five.times')).toMatchObject(rest);
    const calls = await recordedCalls(description, clients, manager, fromMs);
    expect(new Set(calls.map(({ action }) => action))).toEqual(new Set(['dynamodb:UpdateItem', 'events:PutEvents']));
  });
});

function literally(text: string): RegExp {
  return new RegExp(text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&'));
}
