import { marshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import { beforeEach, describe, expect, it } from 'vitest';
import { createFakeReconciling, type FakeReconciling } from '../../../test/support/fake-reconciling.ts';
import type { Item } from '../../credential/credential-table.ts';
import { classifyQueueMessage } from '../../dead-letter/classify-queue-message.ts';
import { createHandler } from './handler.ts';

let fake: FakeReconciling;
let changes: number;

beforeEach(() => {
  fake = createFakeReconciling();
  changes = 0;
});

const item = (username: string) => fake.cloud.items.get(username) as Item;
const publishedTypes = () => fake.events.map(({ type, detail }) => `${detail.username} ${type}`);

/** A change of a record: made in the table, and as a stream record. */
function change(username: string, after: Item | undefined): DynamoDBRecord {
  const before = fake.cloud.items.get(username);
  if (after === undefined) fake.cloud.items.delete(username);
  else fake.cloud.items.set(username, after);
  return streamRecord(username, before, after);
}

function streamRecord(username: string, before: Item | undefined, after: Item | undefined): DynamoDBRecord {
  changes += 1;
  const keys = { PK: 'SMTP_USER', SK: `USER#${username}` };
  const image = (value: Item | undefined) =>
    value === undefined ? undefined : marshall({ ...keys, ...value }, { removeUndefinedValues: true });
  return {
    eventID: `event-${changes}`,
    dynamodb: {
      Keys: marshall(keys),
      OldImage: image(before),
      NewImage: image(after),
      SequenceNumber: String(1000 + changes),
      ApproximateCreationDateTime: fake.clock.nowMs / 1000 - 2,
    },
  } as DynamoDBRecord;
}

const wanted = (username: string, more: Item = {}): Item => ({
  status: 'pending',
  allowed_from_addresses: [`${username}@example.com`],
  entity_type: 'smtp_credential',
  ...more,
});
const edit = (username: string, more: Item) => change(username, { ...item(username), ...more });
const insert = (username: string) => change(username, wanted(username));

const handle = (records: readonly DynamoDBRecord[], remainingMs: () => number = () => 60_000) =>
  createHandler(fake.deps)({ Records: [...records] }, { getRemainingTimeInMillis: remainingMs });

const again = (...records: DynamoDBRecord[]) => ({
  batchItemFailures: records.map(({ dynamodb }) => ({ itemIdentifier: dynamodb?.SequenceNumber })),
});

describe('a batch', () => {
  it('is one reconcile per user, however often the record changed', async () => {
    const records = [insert('a'), edit('a', { description: 'x' }), edit('a', { quota_per_day: 5 }), insert('b')];
    expect(await handle(records)).toEqual(again());
    expect(publishedTypes()).toEqual(['a activated', 'b activated']);
    expect(fake.cloud.calls.filter((call) => call === 'UpdateItem claim')).toHaveLength(2);
    expect(fake.counted.get('ProvisioningLatency')).toBe(4_000);
  });

  it('ignores items that are not ours and our own writes', async () => {
    await handle([insert('a')]);
    const own = streamRecord(
      'a',
      { ...item('a'), claim: { by: 'run-9', at: 'x' } },
      { ...item('a'), updated_by: 'run-9' },
    );
    const rule = { ...insert('b'), dynamodb: { Keys: marshall({ PK: 'ROUTE#x', SK: 'RULE#v1' }) } } as DynamoDBRecord;
    fake.cloud.calls.length = 0;
    expect(await handle([own, rule, {} as DynamoDBRecord])).toEqual(again());
    expect(fake.cloud.calls).toEqual([]);
  });

  it('reconciles once per superseded IAM user when two items were replaced', async () => {
    await handle([insert('a')]);
    const first = change('a', wanted('a', { description: 'new' }));
    fake.clock.nowMs += 1_000;
    await handle([first]);
    const second = change('a', wanted('a', { description: 'newer' }));
    await handle([first, second]);
    expect(fake.cloud.users.size).toBe(1);
    expect(item('a')).toMatchObject({ status: 'active', description: 'newer' });
  });

  it('removes the IAM user of a record that was deleted and created again', async () => {
    await handle([insert('a')]);
    const [old] = fake.cloud.users.keys();
    const gone = change('a', undefined);
    fake.clock.nowMs += 1_000;
    await handle([gone, insert('a')]);
    expect([...fake.cloud.users.keys()]).not.toContain(old);
    expect(fake.cloud.users.size).toBe(1);
    expect(item('a')).toMatchObject({ status: 'active' });
  });

  it('keeps a forced resync although a plain edit follows', async () => {
    await handle([insert('a')]);
    const records = [edit('a', { policy_digest: 'forged' }), edit('a', { quota_per_day: 7 })];
    fake.cloud.calls.length = 0;
    await handle(records);
    expect(fake.cloud.calls).toContain('PutUserPolicy');
  });
});

describe('a batch that is delivered again', () => {
  it.each([
    ['alone', (first: DynamoDBRecord) => [first]],
    [
      'with other records',
      (first: DynamoDBRecord, second: DynamoDBRecord) => [first, second, edit('a', { quota_per_day: 9 })],
    ],
  ])('%s repeats its event', async (_, batch) => {
    const first = insert('a');
    const second = edit('a', { quota_per_day: 8 });
    await handle([first, second]);
    // The function died before it could publish, so Lambda delivers the batch again.
    fake.events.length = 0;
    await handle(batch(first, second));
    expect(publishedTypes()).toEqual(['a activated']);
    expect(fake.events[0]?.detail.correlation_id).toBe('event-1');
  });

  it('publishes what was made, and that a later edit is invalid', async () => {
    fake.cloud.fate = (call) => {
      if (call === 'Encrypt') edit('a', { allowed_from_addresses: ['*'] });
      return 'works';
    };
    expect(await handle([insert('a')])).toEqual(again());
    expect(publishedTypes()).toEqual(['a activated', 'a failed']);
  });

  it('sends a dead letter when EventBridge rejects the event', async () => {
    fake.broken.events = true;
    expect(await handle([insert('a'), insert('b')])).toEqual(again());
    expect(fake.deadLetters.map(({ errorType, correlationId }) => `${errorType} ${correlationId}`)).toEqual([
      'EventsUnpublished event-1',
      'EventsUnpublished event-2',
    ]);
  });

  it('contains only the record whose dead letter could not be sent, not its neighbours', async () => {
    const records = ['a', 'b', 'c'].map(insert);
    fake.broken.deadLetters = true;
    let keys = 0;
    fake.cloud.fate = (call) => (call === 'CreateAccessKey' && ++keys === 2 ? 'refused' : 'works');
    const { batchItemFailures } = await handle(records);
    const failed = ['a', 'b', 'c'].findIndex((username) => item(username)['status'] === 'failed');
    expect(batchItemFailures).toEqual(again(records[failed] as DynamoDBRecord).batchItemFailures);
  });

  it('names the superseded IAM user, wherever in the batch it was named', async () => {
    await handle([insert('a')]);
    const [old] = fake.cloud.users.keys();
    const records = [change('a', wanted('a')), edit('a', { quota_per_day: 7 })];
    fake.cloud.fate = (call) => (call === 'DeleteUser' ? 'refused' : 'works');
    await handle(records);
    const deadLetter = classifyQueueMessage(
      { body: JSON.stringify(fake.deadLetters[0]), attributes: {} },
      { table: 'mail', functionNames: [] },
    );
    expect(deadLetter).toMatchObject({ username: 'a', supersededIamUserName: old, correlationId: 'event-2' });
  });
});

describe('a batch for which there is no time', () => {
  it('is returned in the order of the stream, and started work is finished', async () => {
    const records = ['a', 'b', 'c'].map(insert);
    let calls = 0;
    expect(await handle(records, () => (calls++ === 0 ? 60_000 : 14_000))).toEqual(again(...records.slice(1)));
    expect(publishedTypes()).toEqual(['a activated']);
    expect(fake.logged).toContain('WORK_POSTPONED');
    expect(fake.deadLetters).toEqual([]);
    expect(await handle(records.slice(1))).toEqual(again());
    expect(publishedTypes()).toEqual(['a activated', 'b activated', 'c activated']);
  });
});

describe('an administrator', () => {
  const quota = { reason: 'SendQuota', at: '2026-03-01T10:00:00.000Z', until: '2026-03-01T11:00:00.000Z' };

  it('who disables a suspended record removes the expiry of the suspension', async () => {
    await handle([insert('a')]);
    await handle([edit('a', { status: 'disabled', suspension: quota })]);
    expect(item('a')).toMatchObject({ suspension: quota });
    await handle([edit('a', { status: 'pending' }), edit('a', { status: 'disabled' })]);
    expect(item('a')).toMatchObject({ status: 'disabled' });
    expect(item('a')).not.toHaveProperty('suspension');
  });

  it('whose disabling cannot be written gets it redelivered by Lambda, because a dead letter would not show it', async () => {
    await handle([insert('a')]);
    await handle([edit('a', { status: 'disabled', suspension: quota })]);
    const records = [edit('a', { status: 'pending' }), edit('a', { status: 'disabled' })];
    fake.cloud.fate = (call) => (call === 'UpdateItem note' ? 'refused' : 'works');
    expect(await handle(records)).toEqual(again(...records));
    expect(fake.deadLetters).toEqual([]);
    expect(fake.logged).toContain('EDIT_NOT_NOTED');
    fake.cloud.fate = () => 'works';
    expect(await handle(records)).toEqual(again());
    expect(item('a')).not.toHaveProperty('suspension');
  });

  it('who edits the stored password causes another verification of the key', async () => {
    await handle([insert('a')]);
    edit('a', { verified_at: '2026-03-01T10:00:00.000Z' });
    fake.events.length = 0;
    await handle([edit('a', { encrypted_password: 'garbage' })]);
    expect(item('a')).toMatchObject({ status: 'active', encrypted_password: 'garbage' });
    expect(item('a')).not.toHaveProperty('verified_at');
    expect(fake.events.at(-1)).toMatchObject({
      type: 'activated',
      detail: {
        status: 'active',
        access_key_id: item('a')['access_key_id'],
        reason: expect.stringContaining('edited'),
      },
    });
    expect(JSON.stringify(fake.events)).not.toContain('garbage');
  });

  it.each([
    ['disabled', { status: 'disabled' }],
    ['failed', { allowed_from_addresses: ['*'] }],
  ])(
    'who edits the password of a %s record gets it verified once the record is active again',
    async (status, edited) => {
      await handle([insert('a')]);
      edit('a', { verified_at: '2026-03-01T10:00:00.000Z' });
      await handle([edit('a', edited)]);
      expect(item('a')).toMatchObject({ status });
      await handle([edit('a', { encrypted_password: 'garbage' })]);
      expect(item('a')).not.toHaveProperty('verified_at');
      await handle([edit('a', { status: 'pending', allowed_from_addresses: ['a@example.com'] })]);
      expect(item('a')).toMatchObject({ status: 'active', encrypted_password: 'garbage' });
      expect(item('a')).not.toHaveProperty('verified_at');
    },
  );

  it('who edits the password of a claimed record gets it verified through the dead letter', async () => {
    await handle([insert('a')]);
    const claim = { by: 'run-9', at: new Date(fake.clock.nowMs).toISOString() };
    edit('a', { verified_at: '2026-03-01T10:00:00.000Z', claim });
    await handle([edit('a', { encrypted_password: 'garbage' })]);
    expect(item('a')).toMatchObject({ claim });
    expect(item('a')).not.toHaveProperty('verified_at');
    expect(fake.deadLetters).toMatchObject([{ errorType: 'RecordBusy', passwordEdited: true }]);
    // Most holders are done long before their lease ends.
    expect(fake.deadLetterDelays).toEqual([3]);
  });

  it('whose password edit could not be written gets a dead letter', async () => {
    await handle([insert('a')]);
    edit('a', { verified_at: '2026-03-01T10:00:00.000Z' });
    fake.cloud.fate = (call) => (call === 'UpdateItem note' ? 'refused' : 'works');
    expect(await handle([edit('a', { encrypted_password: 'garbage' })])).toEqual(again());
    expect(item('a')).toHaveProperty('verified_at');
    expect(fake.deadLetters).toMatchObject([{ errorType: 'ThrottlingException', passwordEdited: true }]);
    expect(JSON.stringify(fake.deadLetters)).not.toContain('garbage');
  });

  it('who edits anything else causes no extra call', async () => {
    await handle([insert('a')]);
    fake.cloud.calls.length = 0;
    await handle([edit('a', { quota_per_day: 8 }), edit('a', { allowed_from_addresses: ['b@example.com'] })]);
    expect(fake.cloud.calls.filter((call) => call.startsWith('UpdateItem note'))).toEqual([]);
  });
});
