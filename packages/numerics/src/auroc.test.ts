import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { auroc, pooledAuroc } from "./auroc.ts";

function byPairs(scores: readonly number[], labels: readonly number[]): number {
  let [wins, pairs] = [0, 0];
  for (const [p, score] of scores.entries()) {
    for (const [n, other] of scores.entries()) {
      if (labels[p] !== 1 || labels[n] !== 0) continue;
      pairs++;
      wins += score > other ? 1 : score === other ? 0.5 : 0;
    }
  }
  return wins / pairs;
}

const labelled = fc.array(fc.tuple(fc.integer({ min: -4, max: 4 }), fc.constantFrom(0, 1)), {
  minLength: 2,
  maxLength: 60,
});
const twoClasses = labelled.filter((rows) =>
  [0, 1].every((column) => new Set(rows.map((row) => row[column])).size > 1),
);

describe("auroc", () => {
  it("counts pairs, ties as half", () => {
    expect(auroc([1, 2, 3, 4], [0, 0, 1, 1])).toEqual({ value: 1, reason: null });
    expect(auroc([4, 3, 2, 1], [0, 0, 1, 1]).value).toBe(0);
    expect(auroc([5, 5, 5, 4], [0, 1, 1, 0]).value).toBe(0.75);
    expect(auroc([0, -0, -1], [0, 1, 0]).value).toBe(0.75);
  });

  it("equals the count over all pairs, for any scores with ties", () => {
    fc.assert(
      fc.property(twoClasses, (rows) => {
        const scores = rows.map(([score]) => score);
        const labels = rows.map(([, label]) => label);
        expect(auroc(scores, labels).value).toBeCloseTo(byPairs(scores, labels), 12);
      }),
    );
  });

  it("is mirrored by turning scores or labels around, and unmoved by an increasing map", () => {
    fc.assert(
      fc.property(twoClasses, (rows) => {
        const scores = rows.map(([score]) => score);
        const labels = rows.map(([, label]) => label);
        const value = auroc(scores, labels).value!;
        const turned = auroc(
          scores.map((x) => -x),
          labels,
        ).value!;
        const flipped = auroc(
          scores,
          labels.map((label) => 1 - label),
        ).value!;
        expect(turned).toBeCloseTo(1 - value, 12);
        expect(flipped).toBeCloseTo(1 - value, 12);
        expect(auroc(scores.map(Math.exp), labels).value).toBe(value);
      }),
    );
  });

  it("says why where it is undefined", () => {
    expect(auroc([], [])).toEqual({ value: null, reason: "There is no scored frame." });
    expect(auroc([1, 2], [0, 0]).reason).toMatch(/every frame is normal/i);
    expect(auroc([1, 2], [1, 1]).reason).toMatch(/every frame is abnormal/i);
    expect(auroc([1, Number.NaN], [0, 1])).toEqual({
      value: null,
      reason: "The score at position 1 is not a finite number.",
    });
    expect(auroc([Infinity, 0], [0, 1]).value).toBeNull();
    expect(auroc([5, 5, 5], [0, 1, 0]).reason).toMatch(/the same score/);
  });

  it("refuses labels that do not fit", () => {
    expect(() => auroc([1], [0, 1])).toThrow(/1 scores, 2 labels/);
    expect(() => auroc([1, 2], [0, 2])).toThrow(/position 1 has 2/);
  });
});

describe("pooledAuroc", () => {
  it("ranks the frames of all clips together, which no mean over the clips would", () => {
    const clips = [
      { scores: [1, 2], labels: [0, 1] },
      { scores: [3, 4], labels: [0, 1] },
    ];
    expect(pooledAuroc(clips).value).toBe(auroc([1, 2, 3, 4], [0, 1, 0, 1]).value);
    expect(pooledAuroc(clips).value).toBe(0.75);
  });

  it("leaves frames without a finite score out, with their labels", () => {
    const clips = [{ scores: [Number.NaN, 1, 2, Number.POSITIVE_INFINITY], labels: [1, 0, 1, 0] }];
    expect(pooledAuroc(clips)).toEqual({ value: 1, reason: null });
  });

  it("says why where nothing is left to rank, and refuses labels that do not match", () => {
    expect(pooledAuroc([]).reason).toMatch(/no scored frame/);
    expect(pooledAuroc([{ scores: [1], labels: [0] }]).reason).toMatch(/Every frame is normal/);
    expect(() => pooledAuroc([{ scores: [1, 2], labels: [0] }])).toThrow(/2 scores, 1 labels/);
  });
});
