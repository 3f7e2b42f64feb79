import { describe, expect, it } from "vitest";
import { mapOrdered } from "./ordered-map.ts";

const later = (ticks: number) =>
  Array.from({ length: ticks }).reduce<Promise<void>>(
    (chain) => chain.then(() => undefined),
    Promise.resolve(),
  );

describe("an ordered map", () => {
  it("yields in the order of the items, with no more than so many under way", async () => {
    let underWay = 0;
    let most = 0;
    const results: number[] = [];
    for await (const result of mapOrdered([9, 1, 7, 3, 0, 5], 3, async (ticks) => {
      most = Math.max(most, ++underWay);
      await later(ticks);
      underWay--;
      return ticks;
    })) {
      results.push(result);
    }
    expect(results).toEqual([9, 1, 7, 3, 0, 5]);
    expect(most).toBe(3);
  });

  it("fails with the first item that fails and starts no more", async () => {
    const started: number[] = [];
    const run = async () => {
      for await (const _ of mapOrdered([0, 1, 2, 3, 4, 5, 6], 2, async (item) => {
        started.push(item);
        if (item === 2) throw new Error("item 2");
      })) {
        // Only drained.
      }
    };
    await expect(run()).rejects.toThrow("item 2");
    expect(started.length).toBeLessThanOrEqual(4);
  });
});
