/** Works on all items, at most `concurrency` of them side by side. The first error ends it. */
export async function forEachBounded<T>(
  items: readonly T[],
  concurrency: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items.values();
  const workers = Array.from({ length: Math.min(concurrency, items.length) }, async () => {
    for (const item of queue) await work(item);
  });
  await Promise.all(workers);
}
