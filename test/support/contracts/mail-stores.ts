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

/** Where things about sent mail are stored, and the clock that the stores go by. */
export interface MailStoresSubject {
  readonly counter: FeedbackCounter;
  readonly reader: CounterReader;
  readonly windows: AlertWindows;
  readonly expiries: SuspensionExpiries;
  readonly missing: MissingRecords;
  readonly clock: { nowMs: number };
}

/** All that these ports promise, for whatever implements them. Each test has usernames of its own: the subject may be shared. */
export function describeMailStores(name: string, open: (nowMs: number) => MailStoresSubject): void {
  describe(name, () => {
    // The emulator deletes what has expired by its own clock.
    const nowMs = Math.floor(Date.now() / HOUR_MS) * HOUR_MS + 1_234_567;
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

      it('counts each thing once, by counter and hour', async () => {
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

      it('counts and returns what is new among old things', async () => {
        const later = countable('b', { dedupWindow: dedupWindowOf(nowMs + 1_000) });
        await write([countable('a'), countable('b')]);
        expect(await write([countable('a'), later, countable('c')])).toEqual([later, countable('c')]);
        expect(await read()).toEqual(new Map([[hour, counted({ sends: 4 })]]));
      });

      it('counts once what many write at once', async () => {
        const writes = await Promise.all(Array.from({ length: 5 }, () => write([countable('a'), countable('b')])));
        expect(writes.flat()).toHaveLength(2);
        expect(await read()).toEqual(new Map([[hour, counted({ sends: 2 })]]));
      });

      it('keeps credentials apart, also where one name begins like another', async () => {
        await write([countable('a')]);
        expect(await write([countable('a')], `${jane}.doe`)).toHaveLength(1);
        expect(await read()).toEqual(new Map([[hour, counted({ sends: 1 })]]));
        expect(await read(`${jane}.roe`)).toEqual(new Map());
      });

      it('counts nothing for nothing', async () => {
        expect(await write([])).toEqual([]);
        expect(await read()).toEqual(new Map());
      });

      it('reads thirty days: nothing older, and no time to come', async () => {
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

      it('is opened by one of many', async () => {
        const attempts = Array.from({ length: 8 }, (_, index) => attempt({ atMs: nowMs + index }));
        const opened = await Promise.all(attempts.map((each) => windows().open(each)));
        expect(opened.filter((isOpen) => isOpen)).toHaveLength(1);
      });

      it('counts as opened when the answer was lost and the same attempt comes again', async () => {
        const lost = attempt();
        expect(await windows().open(lost)).toBe(true);
        subject.clock.nowMs += 1;
        expect(await windows().open(lost)).toBe(true);
      });

      it('is each finding’s, and each occurrence’s', async () => {
        expect(await windows().open(attempt())).toBe(true);
        subject.clock.nowMs += 1;
        expect(await windows().open(attempt({ finding: 'ComplaintRate' }))).toBe(true);
        expect(await windows().open(attempt({ occurrence: '1' }))).toBe(true);
        expect(await windows().open(attempt({ occurrence: '2' }))).toBe(true);
        subject.clock.nowMs += 1;
        expect(await windows().open(attempt({ occurrence: '2' }))).toBe(false);
      });

      it('is open again when it was released', async () => {
        const first = attempt();
        await windows().open(first);
        await windows().release(first);
        subject.clock.nowMs += 1;
        expect(await windows().open(attempt())).toBe(true);
        await windows().release(attempt({ finding: 'never opened' }));
      });

      it('silences nobody when it ends too late to be anybody’s', async () => {
        await windows().open(attempt({ windowSeconds: 600 + 3_601 }));
        expect(await windows().open(attempt())).toBe(true);
        subject.clock.nowMs += 1;
        expect(await windows().open(attempt())).toBe(false);
      });
    });

    describe('suspension expiries', () => {
      const list = async (atMs: number) =>
        (await subject.expiries.listDue(atMs)).filter(({ username }) => username.startsWith(jane));

      it('are listed when they are due, the oldest first', async () => {
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

      it('may be several of one credential, and go one by one', async () => {
        const { expiries } = subject;
        await expiries.add(jane, nowMs - 2);
        await expiries.add(jane, nowMs - 1);
        await expiries.add(jane, nowMs - 1);
        expect(await list(nowMs)).toHaveLength(2);
        await expiries.remove(jane, nowMs - 2);
        await expiries.remove(jane, nowMs - 3);
        expect(await list(nowMs)).toEqual([{ username: jane, untilMs: nowMs - 1 }]);
      });

      it('say that the suspension is over, and can take that back', async () => {
        const { expiries } = subject;
        await expiries.add(jane, nowMs);
        await expiries.add(jane, nowMs, { isEnded: true });
        expect(await list(nowMs)).toEqual([{ username: jane, untilMs: nowMs, isEnded: true }]);
        await expiries.add(jane, nowMs, { isEnded: false });
        expect(await list(nowMs)).toEqual([{ username: jane, untilMs: nowMs }]);
      });
    });

    describe('missing records', () => {
      it('keep when an IAM user was first found without one', async () => {
        expect(await subject.missing.since(`${jane}-user`)).toBe(nowMs);
        subject.clock.nowMs += 5_000;
        expect(await subject.missing.since(`${jane}-user`)).toBe(nowMs);
        expect(await subject.missing.since(`${jane}-other`)).toBe(nowMs + 5_000);
      });
    });
  });
}
