import { expect, it } from 'vitest';
import { forEachBounded } from './for-each-bounded.ts';

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

it('processes all items, and never more at once than the limit', async () => {
  let running = 0;
  let most = 0;
  const done: number[] = [];
  await forEachBounded([1, 2, 3, 4, 5], 2, async (item) => {
    most = Math.max(most, ++running);
    await sleep(1);
    running -= 1;
    done.push(item);
  });
  expect(done.sort()).toEqual([1, 2, 3, 4, 5]);
  expect(most).toBe(2);
});

it('starts nothing after the first error, and waits for the running items', async () => {
  const begun: number[] = [];
  const done: number[] = [];
  const work = forEachBounded([0, 1, 2, 3, 4, 5], 3, async (item) => {
    begun.push(item);
    if (item === 1) throw new Error('the first');
    await sleep(5);
    done.push(item);
    if (item === 2) throw new Error('a later one');
  });
  await expect(work).rejects.toThrow('the first');
  expect(done).toEqual([0, 2]);
  await sleep(20);
  expect(begun).toEqual([0, 1, 2]);
});
