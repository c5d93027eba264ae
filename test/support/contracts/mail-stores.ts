import { beforeEach, describe, expect, it } from 'vitest';
import { alertAttempt } from '../../../src/mail-events/alert-window.ts';
import type { CounterName } from '../../../src/mail-events/feedback.ts';
import { type CountableItem, dedupWindowOf, type FeedbackCounter } from '../../../src/mail-events/feedback-counter.ts';
import type {
  AlertWindows,
  CounterReader,
  MissingRecords,
  SuspensionExpiries,
} from '../../../src/mail-events/stores.ts';
import { bucketOf, noCounters } from '../../../src/mail-events/windows.ts';

const HOUR_MS = 3_600_000;

/** The stores of data about sent mail, and their clock. */
export interface MailStoresSubject {
  readonly counter: FeedbackCounter;
  readonly reader: CounterReader;
  readonly windows: AlertWindows;
  readonly expiries: SuspensionExpiries;
  readonly missing: MissingRecords;
  readonly clock: { nowMs: number };
}

/** The ports' contract, for any implementation. Each test has its own usernames, so that `open` may return shared stores. */
export function describeMailStores(name: string, open: (nowMs: number) => MailStoresSubject): void {
  describe(name, () => {
    // The emulator deletes expired items by its own clock, so this one is ahead: nothing that a test writes has expired there.
    const nowMs = (Math.floor(Date.now() / HOUR_MS) + 1) * HOUR_MS + 1_234_567;
    let subject: MailStoresSubject;
    let jane: string;
    let count = 0;
    beforeEach(() => {
      subject = open(nowMs);
      count += 1;
      jane = `jane-${count}`;
    });

    describe('the feedback counter', () => {
      const hour = bucketOf(nowMs);
      const countable = (id: string, more: Partial<CountableItem> = {}): CountableItem => ({
        id,
        counter: 'sends',
        bucket: hour,
        dedupWindow: dedupWindowOf(nowMs),
        ...more,
      });
      const write = (countables: readonly CountableItem[], username = jane) =>
        subject.counter.write({ username, countables });
      const read = async (username = jane) =>
        new Map((await subject.reader.read(username, nowMs)).map(({ bucket, counters }) => [bucket, counters]));
      const counted = (counters: Partial<Record<CounterName, number>>) => ({ ...noCounters, ...counters });

      it('counts each item once, by counter and hour', async () => {
        const earlier = bucketOf(nowMs - 5 * HOUR_MS);
        const things = [
          countable('a'),
          countable('b'),
          countable('c', { counter: 'hard_bounces' }),
          countable('d', { bucket: earlier, dedupWindow: dedupWindowOf(nowMs - 5 * HOUR_MS) }),
        ];
        expect(await write(things)).toEqual(things);
        expect(await write(things)).toEqual([]);
        expect(await read()).toEqual(
          new Map([
            [earlier, counted({ sends: 1 })],
            [hour, counted({ sends: 2, hard_bounces: 1 })],
          ]),
        );
      });

      it('counts and returns only the new items', async () => {
        const later = countable('b', { dedupWindow: dedupWindowOf(nowMs + 1_000) });
        await write([countable('a'), countable('b')]);
        expect(await write([countable('a'), later, countable('c')])).toEqual([later, countable('c')]);
        expect(await read()).toEqual(new Map([[hour, counted({ sends: 4 })]]));
      });

      it('counts an item once, however many there are of one second', async () => {
        const things = Array.from({ length: 20 }, (_, index) => countable(`${index}`));
        for (const thing of things) await write([thing]);
        expect(await write([...things, countable('new')])).toEqual([countable('new')]);
        expect(await write(things.slice(3, 9))).toEqual([]);
        expect(await read()).toEqual(new Map([[hour, counted({ sends: 21 })]]));
      });

      it('counts an item once that many write in parallel', async () => {
        const writes = await Promise.all(Array.from({ length: 5 }, () => write([countable('a'), countable('b')])));
        expect(writes.flat()).toHaveLength(2);
        expect(await read()).toEqual(new Map([[hour, counted({ sends: 2 })]]));
      });

      it('separates credentials, also if one name is a prefix of another', async () => {
        await write([countable('a')]);
        expect(await write([countable('a')], `${jane}.doe`)).toHaveLength(1);
        expect(await read()).toEqual(new Map([[hour, counted({ sends: 1 })]]));
        expect(await read(`${jane}.roe`)).toEqual(new Map());
      });

      it('counts nothing for an empty list', async () => {
        expect(await write([])).toEqual([]);
        expect(await read()).toEqual(new Map());
      });

      it('reads thirty days, nothing older and nothing in the future', async () => {
        const at = (days: number) => bucketOf(nowMs - days * 24 * HOUR_MS);
        await write([
          countable('a', { bucket: at(31) }),
          countable('b', { bucket: at(29) }),
          countable('c', { bucket: bucketOf(nowMs + HOUR_MS) }),
        ]);
        expect(await read()).toEqual(new Map([[at(29), counted({ sends: 1 })]]));
      });
    });

    describe('an alert window', () => {
      const attempt = (more: { finding?: string; occurrence?: string; atMs?: number; windowSeconds?: number } = {}) => {
        const { finding = 'BounceRate', occurrence, atMs = subject.clock.nowMs, windowSeconds = 600 } = more;
        return alertAttempt({ username: jane, finding, occurrence, nowMs: atMs, windowSeconds });
      };
      const windows = () => subject.windows;

      it('is opened once, until it ends', async () => {
        expect(await windows().open(attempt())).toBe(true);
        subject.clock.nowMs += 599_000;
        expect(await windows().open(attempt())).toBe(false);
        subject.clock.nowMs += 1_000;
        expect(await windows().open(attempt())).toBe(true);
        subject.clock.nowMs += 1_000;
        expect(await windows().open(attempt())).toBe(false);
      });

      it('is opened by one of many parallel callers', async () => {
        const attempts = Array.from({ length: 8 }, (_, index) => attempt({ atMs: nowMs + index }));
        const opened = await Promise.all(attempts.map((each) => windows().open(each)));
        expect(opened.filter((isOpen) => isOpen)).toHaveLength(1);
      });

      it('counts as opened when the response was lost and the same attempt is repeated', async () => {
        const lost = attempt();
        expect(await windows().open(lost)).toBe(true);
        subject.clock.nowMs += 1;
        expect(await windows().open(lost)).toBe(true);
      });

      it('is separate for each finding and each occurrence', async () => {
        expect(await windows().open(attempt())).toBe(true);
        subject.clock.nowMs += 1;
        expect(await windows().open(attempt({ finding: 'ComplaintRate' }))).toBe(true);
        expect(await windows().open(attempt({ occurrence: '1' }))).toBe(true);
        expect(await windows().open(attempt({ occurrence: '2' }))).toBe(true);
        subject.clock.nowMs += 1;
        expect(await windows().open(attempt({ occurrence: '2' }))).toBe(false);
      });

      it('can be opened again when it was released', async () => {
        const first = attempt();
        await windows().open(first);
        await windows().release(first);
        subject.clock.nowMs += 1;
        expect(await windows().open(attempt())).toBe(true);
        await windows().release(attempt({ finding: 'never opened' }));
      });

      it('is ignored when its end is too far in the future', async () => {
        await windows().open(attempt({ windowSeconds: 600 + 3_601 }));
        expect(await windows().open(attempt())).toBe(true);
        subject.clock.nowMs += 1;
        expect(await windows().open(attempt())).toBe(false);
      });
    });

    describe('suspension expiries', () => {
      const list = async (atMs: number) =>
        (await subject.expiries.listDue(atMs)).filter(({ username }) => username.startsWith(jane));

      it('are listed when they are due, oldest first', async () => {
        const { expiries } = subject;
        await expiries.add(`${jane}-b`, nowMs);
        await expiries.add(`${jane}-a`, nowMs);
        await expiries.add(`${jane}-c`, nowMs - 1_000);
        await expiries.add(`${jane}-d`, nowMs + 1);
        expect(await list(nowMs)).toEqual([
          { username: `${jane}-c`, untilMs: nowMs - 1_000 },
          { username: `${jane}-a`, untilMs: nowMs },
          { username: `${jane}-b`, untilMs: nowMs },
        ]);
        expect(await list(nowMs + 1)).toHaveLength(4);
      });

      it('can be several per credential, and are removed one by one', async () => {
        const { expiries } = subject;
        await expiries.add(jane, nowMs - 2);
        await expiries.add(jane, nowMs - 1);
        await expiries.add(jane, nowMs - 1);
        expect(await list(nowMs)).toHaveLength(2);
        await expiries.remove(jane, nowMs - 2);
        await expiries.remove(jane, nowMs - 3);
        expect(await list(nowMs)).toEqual([{ username: jane, untilMs: nowMs - 1 }]);
      });

      it('can be marked as ended, and unmarked again', async () => {
        const { expiries } = subject;
        await expiries.add(jane, nowMs);
        await expiries.add(jane, nowMs, { isEnded: true });
        expect(await list(nowMs)).toEqual([{ username: jane, untilMs: nowMs, isEnded: true }]);
        await expiries.add(jane, nowMs, { isEnded: false });
        expect(await list(nowMs)).toEqual([{ username: jane, untilMs: nowMs }]);
      });
    });

    describe('missing records', () => {
      it('keep the time when an IAM user was first found without one', async () => {
        expect(await subject.missing.since(`${jane}-user`)).toBe(nowMs);
        subject.clock.nowMs += 5_000;
        expect(await subject.missing.since(`${jane}-user`)).toBe(nowMs);
        expect(await subject.missing.since(`${jane}-other`)).toBe(nowMs + 5_000);
      });
    });
  });
}
