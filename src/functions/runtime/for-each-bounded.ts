/**
 * Works on all items, at most `concurrency` of them side by side. After the first error no further item is begun, those that are under way
 * come to their end, and the error is thrown then: nothing goes on in the background of whoever catches it.
 */
export async function forEachBounded<T>(
  items: readonly T[],
  concurrency: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items.values();
  const errors: unknown[] = [];
  const workers = Array.from({ length: Math.min(concurrency, items.length) }, async () => {
    for (const item of queue) {
      await work(item).catch((error: unknown) => errors.push(error));
      if (errors.length > 0) return;
    }
  });
  await Promise.all(workers);
  if (errors.length > 0) throw errors[0];
}
