import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { drawNormal, drawUniform, mulberry32, normalArray, shuffle, uniformArray } from "./random.ts";

describe("mulberry32", () => {
  it("begins as published for seed 1", () => {
    const random = mulberry32(1);
    expect([random(), random(), random()]).toEqual([
      0.6270739405881613, 0.002735721180215478, 0.5274470399599522,
    ]);
  });

  it("stays in [0, 1) and repeats itself for every seed", () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const [first, second] = [mulberry32(seed), mulberry32(seed)];
        for (let i = 0; i < 20; i++) {
          const draw = first();
          expect(draw).toBe(second());
          expect(draw >= 0 && draw < 1).toBe(true);
        }
      }),
    );
  });

  it("refuses a seed that is not an integer", () => {
    expect(() => mulberry32(0.5)).toThrow(RangeError);
    expect(() => mulberry32(Number.NaN)).toThrow(RangeError);
  });
});

describe("shuffle", () => {
  it("permutes: nothing is lost, nothing doubled, and the same seed gives the same order", () => {
    fc.assert(
      fc.property(fc.integer(), fc.nat(50), (seed, count) => {
        const shuffled = shuffle(
          Uint32Array.from({ length: count }, (_, i) => i),
          mulberry32(seed),
        );
        const again = shuffle(
          Uint32Array.from({ length: count }, (_, i) => i),
          mulberry32(seed),
        );
        expect(shuffled).toEqual(again);
        expect(Array.from(shuffled).sort((a, b) => a - b)).toEqual(
          Array.from({ length: count }, (_, i) => i),
        );
      }),
    );
  });

  it("makes every order of three about equally likely", () => {
    const random = mulberry32(7);
    const counts = new Map<string, number>();
    for (let i = 0; i < 6000; i++) {
      const order = shuffle([0, 1, 2], random).join("");
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(130);
  });
});

describe("draws", () => {
  it("are uniform within their bounds", () => {
    const draws = uniformArray(20_000, mulberry32(3), -2, 6);
    const mean = draws.reduce((sum, x) => sum + x, 0) / draws.length;
    expect(Math.min(...draws)).toBeGreaterThanOrEqual(-2);
    expect(Math.max(...draws)).toBeLessThanOrEqual(6);
    expect(mean).toBeCloseTo(2, 1);
    expect(drawUniform(() => 0.25, 4, 8)).toBe(5);
  });

  it("are normal with the mean and deviation asked for", () => {
    const draws = normalArray(40_000, mulberry32(5), 3, 0.5);
    const mean = draws.reduce((sum, x) => sum + x, 0) / draws.length;
    const variance = draws.reduce((sum, x) => sum + (x - mean) ** 2, 0) / draws.length;
    expect(mean).toBeCloseTo(3, 1);
    expect(Math.sqrt(variance)).toBeCloseTo(0.5, 1);
    const withinOne = draws.filter((x) => Math.abs(x - 3) < 0.5).length / draws.length;
    expect(Math.abs(withinOne - 0.6827)).toBeLessThan(0.01);
  });

  it("are finite at both ends of the generator's range", () => {
    expect(drawNormal(() => 0)).toBe(0);
    expect(Number.isFinite(drawNormal(() => 1 - 2 ** -32))).toBe(true);
  });
});
