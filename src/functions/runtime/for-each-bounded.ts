/**
 * Processes all items, at most `concurrency` at a time. After the first error it starts no further item, waits for the
 * running ones, and then throws the error. So nothing continues in the background after the caller has caught it.
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
