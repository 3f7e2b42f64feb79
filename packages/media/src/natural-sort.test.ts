import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareNatural } from "./natural-sort.ts";

const names = fc.oneof(
  fc.string({ maxLength: 8 }),
  fc
    .tuple(fc.constantFrom("", "a", "frame_"), fc.nat(2000), fc.constantFrom("", ".jpg", "b7"))
    .map((parts) => parts.join("")),
);

describe("natural order", () => {
  it("puts numbers by their value, whatever their padding and wherever they stand", () => {
    const sorted = ["1.jpg", "2.jpg", "010.jpg", "11.jpg", "100.jpg", "a9b2", "a9b10", "a10b1", "b"];
    expect(sorted.toReversed().sort(compareNatural)).toEqual(sorted);
  });

  it("does not lose precision on numbers beyond 2⁵³", () => {
    expect(compareNatural("9007199254740993", "9007199254740992")).toBeGreaterThan(0);
  });

  it("orders any numbers in file names as numbers", () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.nat(3), (a, b, padding) => {
        const name = (n: number) => `clip_${"0".repeat(padding)}${n}.png`;
        expect(Math.sign(compareNatural(name(a), name(b)))).toBe(Math.sign(a - b));
      }),
    );
  });

  it("is a total order: antisymmetric, transitive, and 0 for equal names alone", () => {
    fc.assert(
      fc.property(names, names, names, (a, b, c) => {
        expect(Math.sign(compareNatural(a, b))).toBe(-Math.sign(compareNatural(b, a)) + 0);
        if (compareNatural(a, b) === 0) expect(a).toBe(b);
        if (compareNatural(a, b) <= 0 && compareNatural(b, c) <= 0) {
          expect(compareNatural(a, c)).toBeLessThanOrEqual(0);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
