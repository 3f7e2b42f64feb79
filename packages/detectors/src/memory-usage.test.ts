import { expect, it } from "vitest";
import { memoryUsage } from "./memory-usage.ts";

it("has 0 nats where one item takes every query, ln(items) where all take as many", () => {
  expect(memoryUsage([0, 7, 0])).toEqual({ items: 3, shares: [0, 1, 0], deadItems: 2, entropy: 0 });
  expect(memoryUsage([2, 2, 2, 2])).toMatchObject({ deadItems: 0, entropy: Math.log(4) });
  const { shares, entropy } = memoryUsage([3, 1])!;
  expect(shares).toEqual([0.75, 0.25]);
  expect(entropy).toBeCloseTo(0.75 * Math.log(4 / 3) + 0.25 * Math.log(4), 15);
});

it("counts the items of a large memory without listing them", () => {
  const sums = Array.from({ length: 2000 }, (_, item) => (item < 500 ? 1 : 0));
  expect(memoryUsage(sums)).toMatchObject({ items: 2000, shares: null, deadItems: 1500 });
});

it("is unknown before the first step, and without a memory", () => {
  expect(memoryUsage([])).toBeNull();
  expect(memoryUsage([0, 0])).toBeNull();
});
