// Decoding is done by native threads: a few items in flight keep them busy, and memory stays bounded.

/** Yields `map` of every item in order, with at most `concurrency` of them under way. Stops at the first failure. */
export async function* mapOrdered<Item, Result>(
  items: Iterable<Item>,
  concurrency: number,
  map: (item: Item, index: number) => Promise<Result>,
): AsyncGenerator<Result, void, undefined> {
  const pending: Promise<Result>[] = [];
  let index = 0;
  try {
    for (const item of items) {
      const result = map(item, index++);
      // Whoever awaits it first reports the failure; the others must not be unhandled.
      result.catch(() => undefined);
      pending.push(result);
      if (pending.length >= concurrency) yield await pending.shift()!;
    }
    while (pending.length > 0) yield await pending.shift()!;
  } finally {
    await Promise.allSettled(pending);
  }
}
