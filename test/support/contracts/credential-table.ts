import { beforeEach, describe, expect, it } from 'vitest';
import type { CredentialTable, Item, UpdateResult } from '../../../src/credential/credential-table.ts';
import { revisionOf } from '../../../src/credential/record/revision.ts';

/** A table of credentials, with controls for the test. */
export interface CredentialTableSubject {
  readonly table: CredentialTable;
  /** Writes a whole item without using the port. */
  readonly put: (username: string, item: Item) => Promise<void>;
  /** Makes the next write take effect but lose its response. The client repeats it or gives up. */
  readonly loseNextAnswer: (client: 'repeats' | 'gives up') => void;
  /** Runs this before the next write arrives. */
  readonly beforeNextWrite: (work: () => Promise<unknown>) => void;
}

/** One value of each DynamoDB type. */
const everyType: Item = {
  text: 'Grüße \u{1F600}',
  empty_text: '',
  number: 12.5,
  negative: -7,
  /** Too large for a JavaScript number. */
  large: 12_345_678_901_234_567_890n,
  yes: true,
  no: false,
  nothing: null,
  binary: new Uint8Array([0, 1, 255]),
  texts: new Set(['b', 'a']),
  numbers: new Set([3, 1, 2]),
  binaries: new Set([new Uint8Array([1]), new Uint8Array([2])]),
  list: [1, 'two', [true], { three: null }],
  empty_list: [],
  map: { a: { b: new Set(['c']) } },
  empty_map: {},
  map_of_odd_names: { constructor: 'a', toString: 'b', hasOwnProperty: 'c' },
};

/** Values that DynamoDB has no type for, or that JavaScript can't represent exactly. */
const notStorable: [string, unknown][] = [
  ['an empty set', new Set()],
  ['a number that is not exact', 1e20],
  ['no number', Number.NaN],
  ['an endless number', Number.POSITIVE_INFINITY],
];

const pending: Item = {
  status: 'pending',
  allowed_from_addresses: ['jane@example.com'],
  description: 'Mail of jane',
};

/** The port's contract, for any implementation. Each test has its own usernames, so that `open` may return a shared table. */
export function describeCredentialTable(name: string, open: () => CredentialTableSubject): void {
  describe(name, () => {
    let subject: CredentialTableSubject;
    let table: CredentialTable;
    let jane: string;
    let count = 0;
    beforeEach(() => {
      subject = open();
      table = subject.table;
      count += 1;
      jane = `jane-${count}`;
    });

    async function readJane(): Promise<Item | undefined> {
      return withoutKey(await table.read(jane));
    }
    async function revision(): Promise<string> {
      return revisionOf((await table.read(jane)) ?? {});
    }
    const written = (item: Item) => ({ written: true, item: expect.objectContaining(item) });
    const refused = (item: Item | undefined) => ({
      written: false,
      item: item === undefined ? undefined : expect.objectContaining(item),
    });

    describe('read and list', () => {
      it('finds nothing in an empty table', async () => {
        expect(await table.read(jane)).toBeUndefined();
      });

      it('finds nothing under a name that is too long for a key', async () => {
        await subject.put('x'.repeat(1_019), pending);
        expect(await table.read('x'.repeat(1_019))).toMatchObject(pending);
        expect(await table.read('x'.repeat(1_020))).toBeUndefined();
        expect(await table.read('\u20ac'.repeat(400))).toBeUndefined();
      });

      it('reads every type as written', async () => {
        await table.insert(jane, everyType);
        const { large, ...others } = (await readJane()) ?? {};
        expect(String(large)).toBe('12345678901234567890');
        const { large: _, ...wanted } = everyType;
        expect(others).toEqual(wanted);
      });

      it('lists all records in order, across pages', async () => {
        const names = [4, 2, 3, 1, 0].map((digit) => `${jane}-${digit}`);
        for (const username of names) await table.insert(username, { ...pending, description: 'x'.repeat(300_000) });
        const listed = (await listAll(table)).filter(({ username }) => username.startsWith(`${jane}-`));
        expect(listed.map(({ username }) => username)).toEqual([...names].sort());
        expect(listed[0]?.item).toMatchObject({ status: 'pending' });
      });
    });

    describe('claim', () => {
      const claim = { at: '2026-03-01T10:00:00.000Z', by: 'run-1' };

      it('is given once, and reads the record', async () => {
        await table.insert(jane, pending);
        expect(await table.claim(jane, claim)).toEqual(written({ ...pending, claim }));
        expect(await table.claim(jane, { ...claim, by: 'run-2' })).toEqual(refused({ claim }));
        expect(await readJane()).toEqual({ ...pending, claim });
      });

      it('goes to one of many parallel callers', async () => {
        await table.insert(jane, pending);
        const runs = Array.from({ length: 8 }, (_, index) => table.claim(jane, { ...claim, by: `run-${index}` }));
        expect((await Promise.all(runs)).filter((result) => result.written)).toHaveLength(1);
      });

      it('makes no record', async () => {
        expect(await table.claim(jane, claim)).toEqual(refused(undefined));
        expect(await table.takeClaim(jane, claim, claim as unknown as Item)).toEqual(refused(undefined));
        expect(await table.read(jane)).toBeUndefined();
      });

      it.each<[string, unknown]>([
        ['as it is written', { at: '2026-03-01T10:00:00.000Z', by: 'run-1' }],
        ['of every type', everyType],
        ['that is no map', 'damaged'],
        ['that is a set', new Set([1, 2])],
      ])('%s is taken over only if it is unchanged', async (_, there) => {
        await subject.put(jane, { ...pending, claim: there });
        const seen = (await table.read(jane))?.['claim'] as Item;
        expect(await table.takeClaim(jane, claim, { at: 'other', by: 'run-0' })).toEqual(refused({}));
        const taken = { ...claim, by: 'run-2' };
        expect(await table.takeClaim(jane, taken, seen)).toEqual(written({ claim: taken }));
        expect(await table.takeClaim(jane, { ...claim, by: 'run-3' }, seen)).toEqual(refused({ claim: taken }));
      });
    });

    describe('write', () => {
      const change = { set: { status: 'active', ...everyType }, remove: ['claim', 'not_there'] };
      const held = { by: 'run-1', status: 'pending' };
      beforeEach(() => subject.put(jane, { ...pending, claim: { at: 'now', by: 'run-1' } }));

      it('changes a record for the holder of the claim', async () => {
        expect(await table.write(jane, change, held)).toMatchObject({ written: true });
        const { claim, text, status } = (await readJane()) ?? {};
        expect({ claim, text, status }).toEqual({ claim: undefined, text: everyType['text'], status: 'active' });
      });

      it('is refused to all others, and after the status has changed', async () => {
        expect(await table.write(jane, change, { ...held, by: 'run-2' })).toEqual(refused(pending));
        expect(await table.write(jane, change, { ...held, status: 'active' })).toEqual(refused(pending));
        expect(await table.write(jane, change, { ...held, status: undefined })).toEqual(refused(pending));
        expect(await table.write(`${jane}-2`, change, held)).toEqual(refused(undefined));
      });

      it.each([
        ['a number', 7],
        ['a set', new Set(['b', 'a'])],
        ['none', undefined],
        ['nothing', null],
      ])('recognizes a status that is %s', async (_, status) => {
        const { status: __, ...others } = pending;
        await subject.put(jane, { ...others, ...(status === undefined ? {} : { status }), claim: { by: 'run-1' } });
        expect(await table.write(jane, change, { by: 'run-1', status: 'pending' })).toMatchObject({ written: false });
        expect(await table.write(jane, change, { by: 'run-1', status })).toMatchObject({ written: true });
      });
    });

    describe('update', () => {
      const change = { set: { note: 'seen' }, remove: ['description'] };

      it('changes a record, and returns nothing of it', async () => {
        await subject.put(jane, { ...pending, encrypted_password: 'c2VjcmV0' });
        expect(await table.update(jane, change, { status: 'pending' })).toEqual({ written: true });
        const { description: _, ...others } = pending;
        expect(await readJane()).toEqual({ ...others, encrypted_password: 'c2VjcmV0', note: 'seen' });
      });

      it('is refused with the current record', async () => {
        expect(await table.update(jane, change, {})).toEqual(refused(undefined));
        await table.insert(jane, pending);
        expect(await table.update(jane, change, { status: 'active' })).toEqual(refused(pending));
        expect(await readJane()).toEqual(pending);
      });
    });

    describe('updateUnclaimed', () => {
      const change = { set: { note: 'seen' }, remove: ['description'] };

      it('changes a record under a claim, and leaves the claim', async () => {
        await subject.put(jane, { ...pending, claim: { by: 'run-1' } });
        expect(await table.updateUnclaimed(jane, change, { status: 'pending' })).toEqual(written({ note: 'seen' }));
        const { description: _, ...others } = pending;
        expect(await readJane()).toEqual({ ...others, claim: { by: 'run-1' }, note: 'seen' });
      });

      it('checks every attribute of its condition, of any type', async () => {
        await subject.put(jane, { ...pending, ...everyType });
        const there = (await table.read(jane)) ?? {};
        for (const name of Object.keys(everyType)) {
          const other = { [name]: 'something else' };
          expect(await table.updateUnclaimed(jane, change, { ...everyType, ...other }), name).toMatchObject({
            written: false,
          });
        }
        const condition = Object.fromEntries(Object.keys(everyType).map((name) => [name, there[name]]));
        expect(await table.updateUnclaimed(jane, change, condition)).toMatchObject({ written: true });
      });

      it('needs a record', async () => {
        expect(await table.updateUnclaimed(jane, change, {})).toEqual(refused(undefined));
        await table.insert(jane, pending);
        expect(await table.updateUnclaimed(jane, change, { not_there: 1 })).toEqual(refused(pending));
        expect(await table.updateUnclaimed(jane, change, {})).toMatchObject({ written: true });
      });
    });

    describe('insert', () => {
      it('inserts a record if there is none', async () => {
        expect(await table.insert(jane, pending)).toEqual(written(pending));
        expect(await readJane()).toEqual(pending);
        expect(await table.insert(jane, { ...pending, description: 'other' })).toEqual(refused(pending));
        expect(await table.insert(jane, pending)).toEqual(refused(pending));
        expect(await readJane()).toEqual(pending);
      });

      it('omits undefined attributes', async () => {
        await table.insert(jane, { ...pending, quota_per_day: undefined });
        expect(await readJane()).toEqual(pending);
      });

      it('succeeds for one of many parallel callers', async () => {
        const inserts = Array.from({ length: 8 }, (_, index) =>
          table.insert(jane, { ...pending, owner: `o-${index}` }),
        );
        expect((await Promise.all(inserts)).filter((result) => result.written)).toHaveLength(1);
      });

      it('counts as written when its first response was lost', async () => {
        subject.loseNextAnswer('repeats');
        expect(await table.insert(jane, pending)).toEqual(written(pending));
      });

      it.each(notStorable)('refuses %s', async (_, value) => {
        const problem = { code: 'ValueNotStorable', kind: 'permanent' };
        await expect(table.insert(jane, { ...pending, labels: { a: value } })).rejects.toMatchObject(problem);
        expect(await table.read(jane)).toBeUndefined();
      });
    });

    describe('edit', () => {
      const change = {
        set: { quota_per_day: 5, allowed_source_ips: new Set(['203.0.113.7']) },
        remove: ['description'],
      };
      const { description: _, ...others } = pending;
      const edited = { ...others, ...change.set };

      it('changes a record of the expected revision', async () => {
        await table.insert(jane, pending);
        const before = await revision();
        expect(await table.edit(jane, change, before)).toEqual(written(edited));
        expect(await readJane()).toEqual(edited);
        expect(await revision()).not.toBe(before);
      });

      it('is refused, with the current record, when another edit came first', async () => {
        await table.insert(jane, pending);
        const before = await revision();
        await subject.put(jane, { ...pending, quota_per_hour: 1 });
        expect(await table.edit(jane, change, before)).toEqual(refused({ ...pending, quota_per_hour: 1 }));
        expect(await readJane()).toEqual({ ...pending, quota_per_hour: 1 });
      });

      it('makes no record', async () => {
        expect(await table.edit(jane, change, revisionOf(pending))).toEqual(refused(undefined));
        expect(await table.edit(jane, { set: {}, remove: [] }, revisionOf(pending))).toEqual(refused(undefined));
        expect(await table.read(jane)).toBeUndefined();
      });

      it('that changes nothing still checks the revision', async () => {
        await table.insert(jane, pending);
        expect(await table.edit(jane, { set: {}, remove: [] }, await revision())).toEqual(written(pending));
        expect(await table.edit(jane, { set: {}, remove: [] }, revisionOf({}))).toEqual(refused(pending));
      });

      it('does not conflict with writes of the system', async () => {
        await table.insert(jane, pending);
        const before = await revision();
        await table.claim(jane, { at: 'now', by: 'run-1' });
        subject.beforeNextWrite(async () => {
          const system = { set: { status: 'active', iam_user_arn: 'arn', updated_by: 'run-1' }, remove: ['claim'] };
          expect(await table.write(jane, system, { by: 'run-1', status: 'pending' })).toMatchObject({ written: true });
        });
        expect(await table.edit(jane, change, before)).toMatchObject({ written: true });
        expect(await readJane()).toEqual({ ...edited, status: 'active', iam_user_arn: 'arn', updated_by: 'run-1' });
      });

      it.each<[string, Item]>([
        ['another attribute', { quota_per_hour: 1 }],
        ['the same attribute', { quota_per_day: 9 }],
        ['a status of disabled', { status: 'disabled' }],
        ['a status of disabled that could not be applied', { failure: { wish: 'disabled' }, status: 'failed' }],
      ])('is refused when an administrator was faster and wrote %s', async (_, faster) => {
        await table.insert(jane, pending);
        const before = await revision();
        subject.beforeNextWrite(() => subject.put(jane, { ...pending, ...faster }));
        expect(await table.edit(jane, change, before)).toEqual(refused({ ...pending, ...faster }));
        expect(await readJane()).toEqual({ ...pending, ...faster });
      });

      it('is refused when the record is deleted in the meantime', async () => {
        await table.insert(jane, pending);
        const before = await revision();
        subject.beforeNextWrite(async () => void (await table.remove(jane, before)));
        expect(await table.edit(jane, change, before)).toEqual(refused(undefined));
        expect(await table.read(jane)).toBeUndefined();
      });

      it('succeeds for one of many parallel edits', async () => {
        await table.insert(jane, pending);
        const before = await revision();
        const edits = Array.from({ length: 8 }, (_, index) =>
          table.edit(jane, { set: { quota_per_day: index + 1 }, remove: [] }, before),
        );
        expect((await Promise.all(edits)).filter((result) => result.written)).toHaveLength(1);
      });

      it('counts as written when its first response was lost, and the client repeats it', async () => {
        await table.insert(jane, pending);
        subject.loseNextAnswer('repeats');
        expect(await table.edit(jane, change, await revision())).toEqual(written(edited));
      });

      it.each<[string, Item]>([
        ['at once', {}],
        ['and the system has begun', { claim: { at: 'now', by: 'run-1' } }],
        ['and the system is done', { status: 'active' }],
        ['and the system has failed', { status: 'failed', failure: { code: 'PolicyTooLarge' } }],
      ])('counts as written when it is repeated after all responses were lost: %s', async (_, system) => {
        await table.insert(jane, { ...pending, status: 'failed' });
        const before = await revision();
        const enabling = { ...change, set: { ...change.set, status: 'pending', rotate_requested: true } };
        subject.loseNextAnswer('gives up');
        await expect(table.edit(jane, enabling, before)).rejects.toMatchObject({ kind: 'retryable' });
        await subject.put(jane, { ...edited, status: 'pending', ...system });
        expect(await table.edit(jane, enabling, before)).toMatchObject({ written: true });
        expect(await readJane()).toEqual({ ...edited, status: 'pending', ...system });
      });

      it('writes to a failed record again, even if nothing else changes', async () => {
        await table.insert(jane, { ...pending, status: 'failed' });
        const enabling = { set: { status: 'pending' }, remove: [] };
        expect(await table.edit(jane, enabling, await revision())).toEqual(written(pending));
      });

      it('handles records with values of every type, and damaged ones', async () => {
        const damaged = {
          status: new Set([1, 2]),
          allowed_from_addresses: everyType['map'],
          quota_per_day: 'seven',
          quota_per_hour: everyType['binaries'],
          rotate_after_days: everyType['list'],
          entity_type: null,
          failure: 'text',
        };
        await subject.put(jane, damaged);
        expect(await table.edit(jane, change, await revision())).toEqual(written(change.set));
      });

      it.each(notStorable)('refuses %s', async (_, value) => {
        await table.insert(jane, pending);
        const change = { set: { quota_per_day: value }, remove: [] };
        await expect(table.edit(jane, change, await revision())).rejects.toMatchObject({ code: 'ValueNotStorable' });
        expect(await readJane()).toEqual(pending);
      });
    });

    describe('remove', () => {
      it('deletes a record of the expected revision, and returns it', async () => {
        await table.insert(jane, pending);
        expect(await table.remove(jane, await revision())).toEqual(written(pending));
        expect(await table.read(jane)).toBeUndefined();
        expect(await table.remove(jane, revisionOf(pending))).toEqual(refused(undefined));
      });

      it('is refused when an edit came first, even by a moment', async () => {
        await table.insert(jane, pending);
        const before = await revision();
        subject.beforeNextWrite(() => subject.put(jane, { ...pending, quota_per_hour: 1 }));
        expect(await table.remove(jane, before)).toEqual(refused({ quota_per_hour: 1 }));
        expect(await table.remove(jane, before)).toEqual(refused({ quota_per_hour: 1 }));
        expect(await readJane()).toEqual({ ...pending, quota_per_hour: 1 });
      });

      it('deletes a claimed record', async () => {
        await table.insert(jane, pending);
        const before = await revision();
        subject.beforeNextWrite(() => subject.put(jane, { ...pending, status: 'active', claim: { by: 'run-1' } }));
        expect(await table.remove(jane, before)).toEqual(written({ status: 'active' }));
        expect(await table.read(jane)).toBeUndefined();
      });

      it('counts as done when its first response was lost', async () => {
        await table.insert(jane, pending);
        subject.loseNextAnswer('repeats');
        expect(await table.remove(jane, await revision())).toEqual(written(pending));
      });
    });

    describe('a record that would grow beyond 400 KB', () => {
      const large = 'x'.repeat(250_000);
      const change = { set: { note: large }, remove: [] };
      const writes: [string, () => Promise<UpdateResult>][] = [
        ['insert', () => table.insert(`${jane}-2`, { ...pending, description: large, note: large })],
        ['edit', async () => table.edit(jane, change, await revision())],
        ['write', () => table.write(jane, change, { by: 'run-1', status: 'pending' })],
        ['update', () => table.update(jane, change, {})],
        ['updateUnclaimed', () => table.updateUnclaimed(jane, change, {})],
      ];
      it.each(writes)('is refused, and nothing is written: %s', async (_, write) => {
        const there = { ...pending, description: large, claim: { by: 'run-1' } };
        await subject.put(jane, there);
        await expect(write()).rejects.toMatchObject({ code: 'RecordTooLarge', kind: 'permanent' });
        expect(await readJane()).toEqual(there);
        expect(await table.read(`${jane}-2`)).toBeUndefined();
      });
    });
  });
}

async function listAll(table: CredentialTable): Promise<{ username: string; item: Item }[]> {
  const all: { username: string; item: Item }[] = [];
  for await (const page of table.list()) all.push(...page);
  return all;
}

function withoutKey(item: Item | undefined): Item | undefined {
  if (item === undefined) return undefined;
  const { PK: _PK, SK: _SK, ...others } = item;
  return others;
}
