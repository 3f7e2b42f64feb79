import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mulberry32 } from "./random.ts";
import { rankDescending } from "./rank-order.ts";

describe("rankDescending", () => {
  it("orders every finite number, signs, subnormals and extremes too, ties as they came", () => {
    const special = [0, -0, 5e-324, -5e-324, Number.MAX_VALUE, -Number.MAX_VALUE, 1, -1];
    const numbers = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.constantFrom(...special),
    );
    fc.assert(
      fc.property(fc.array(numbers, { maxLength: 80 }), (scores) => {
        const expected = scores.map((_, i) => i).sort((a, b) => scores[b]! - scores[a]! || a - b);
        expect(Array.from(rankDescending(scores))).toEqual(expected);
      }),
      { numRuns: 50 },
    );
  });

  it("is whole on a million scores", () => {
    const random = mulberry32(5);
    const scores = Float64Array.from({ length: 1_000_000 }, () => random() - 0.5);
    const order = rankDescending(scores);
    const sorted = scores.slice().sort().reverse();
    expect(order.every((position, rank) => scores[position] === sorted[rank])).toBe(true);
  });
});
