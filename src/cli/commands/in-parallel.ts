/** Does something with each item, a few at a time. Results are in the order of the items. */
export async function inParallel<Item, Value>(
  items: readonly Item[],
  width: number,
  act: (item: Item, done: number) => Promise<Value>,
): Promise<Value[]> {
  const results: Value[] = new Array(items.length);
  let next = 0;
  let done = 0;
  async function work(): Promise<void> {
    for (let index = next++; index < items.length; index = next++) {
      results[index] = await act(items[index] as Item, done);
      done += 1;
    }
  }
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, work));
  return results;
}
