import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  createPixelEvaluator,
  type PixelEvaluation,
  type PixelImage,
  type PixelOptions,
} from "./pixel-figures.ts";
import { mulberry32 } from "./random.ts";

function evaluate(images: readonly PixelImage[], options: PixelOptions = {}): PixelEvaluation {
  const evaluator = createPixelEvaluator(options);
  for (const [group, image] of images.entries()) evaluator.add(image, group);
  return evaluator.finish();
}

/** An image of one row or several: scores, and a mask of characters where "#" is abnormal. */
function image(scores: number[], ...rows: string[]): PixelImage {
  const mask = Uint8Array.from(rows.join(""), (character) => (character === "#" ? 1 : 0));
  return { scores: Float32Array.from(scores), mask, width: rows[0]!.length, height: rows.length };
}

const smallImage = fc.integer({ min: 1, max: 6 }).chain((width) =>
  fc
    .array(fc.tuple(fc.integer({ min: -3, max: 3 }), fc.boolean()), {
      minLength: width,
      maxLength: 5 * width,
    })
    .map((pixels): PixelImage => {
      const kept = pixels.slice(0, pixels.length - (pixels.length % width));
      return {
        scores: Float32Array.from(kept, ([score]) => score / 4),
        mask: Uint8Array.from(kept, ([, isAbnormal]) => (isAbnormal ? 255 : 0)),
        ...{ width, height: kept.length / width },
      };
    }),
);
const imageSet = fc.array(smallImage, { minLength: 1, maxLength: 4 });
const definedSet = imageSet.filter((images) => evaluate(images).auroc.value !== null);

const FIGURES = ["auroc", "averagePrecision", "f1Max", "aupro"] as const;

describe("createPixelEvaluator", () => {
  it("gives the figures of a case worked out by hand", () => {
    // Two regions, of 1 and 2 pixels; four normal pixels. Descending: 6 (region 1), 5 normal, 4 (region 2), 3 normal,
    // 2 (region 2), 1 normal, 0 normal. Points (FPR, PRO): (0, ½) (¼, ½) (¼, ¾) (½, ¾) (½, 1) …
    const one = image([6, 5, 3, 4, 2, 1, 0], "#..##..");
    const { auroc, averagePrecision, f1Max, f1Threshold, aupro, ...counts } = evaluate([one]);
    expect(auroc.value).toBeCloseTo((4 + 3 + 2) / 12, 12);
    expect(averagePrecision.value).toBeCloseTo((1 + 2 / 3 + 3 / 5) / 3, 12);
    expect(f1Max.value).toBeCloseTo(6 / 8, 12);
    expect(f1Threshold).toBe(2);
    expect(aupro.value).toBeCloseTo((0.25 * 0.5 + 0.05 * 0.75) / 0.3, 12);
    expect(counts).toEqual({
      ...{ fprLimit: 0.3, images: 1, pixels: 7, abnormalPixels: 3, regions: 2, aurocTolerance: 0 },
    });
    expect(evaluate([one], { fprLimit: 1 }).aupro.value).toBeCloseTo(0.25 * (0.5 + 0.75 + 1 + 1), 12);
  });

  it("interpolates AUPRO at its limit on the line that a tie of normal and abnormal pixels draws", () => {
    // One threshold flags the region's other half and both normal pixels: PRO ½ → 1 over FPR 0 → 1.
    const tie = image([2, 1, 1, 1], "##..");
    expect(evaluate([tie], { fprLimit: 0.5 }).aupro.value).toBeCloseTo((0.5 + 0.75) / 2, 12);
  });

  it("weighs a small region as much as a large one in AUPRO, and not in AUROC", () => {
    const large = image([9, 9, 9, 9, 9, 9, 9, 9, 1, 2], "########..");
    const small = image([0, 1, 2], "#..");
    const { auroc, aupro } = evaluate([large, small]);
    expect(auroc.value).toBeCloseTo(32 / 36, 12);
    expect(aupro.value).toBeCloseTo(0.5, 12);
  });

  it("agrees with a count threshold by threshold, for any images", () => {
    fc.assert(
      fc.property(definedSet, fc.constantFrom(0.1, 0.3, 1), (images, fprLimit) => {
        const figures = evaluate(images, { fprLimit });
        const slow = byThreshold(images, fprLimit);
        for (const name of FIGURES) expect(figures[name].value).toBeCloseTo(slow[name], 10);
        expect(figures.f1Threshold).toBe(slow.f1Threshold);
      }),
    );
  });

  it("counts by levels what it would rank, once there are more pixels than it ranks", () => {
    fc.assert(
      fc.property(definedSet, (images) => {
        const ranked = evaluate(images);
        const counted = evaluate(images, { exactPixels: 3 });
        for (const name of FIGURES) expect(counted[name].value).toBeCloseTo(ranked[name].value!, 10);
        // The smallest score of the level, so that it flags the same pixels.
        expect(counted.f1Threshold!).toBeLessThanOrEqual(ranked.f1Threshold!);
        expect(counted.f1Threshold!).toBeCloseTo(ranked.f1Threshold!, 3);
      }),
      { numRuns: 20 },
    );
  });

  it("states how far AUROC by levels may be off, and keeps to it", () => {
    const random = mulberry32(5);
    const images = Array.from({ length: 3 }, () => {
      const mask = Uint8Array.from({ length: 400 }, () => (random() < 0.2 ? 1 : 0));
      // All within two levels: most pairs fall together.
      return { scores: Float32Array.from(mask, (set) => 1 + 4e-4 * random() + 1e-4 * set), mask };
    }).map((one) => ({ ...one, width: 20, height: 20 }));
    const exact = evaluate(images);
    const counted = evaluate(images, { exactPixels: 0 });
    expect(exact.aurocTolerance).toBe(0);
    expect(counted.aurocTolerance).toBeGreaterThan(0.01);
    expect(Math.abs(counted.auroc.value! - exact.auroc.value!)).toBeLessThanOrEqual(counted.aurocTolerance!);
    expect(counted.auroc.value).not.toBe(exact.auroc.value);
  });

  it("is moved by nothing but the order of the scores", () => {
    fc.assert(
      fc.property(definedSet, (images) => {
        const moved = images.map((one) => ({ ...one, scores: one.scores.map((x) => Math.exp(3 * x) + 7) }));
        const [before, after] = [evaluate(images), evaluate(moved)];
        for (const name of FIGURES) expect(after[name].value).toBe(before[name].value);
      }),
    );
  });

  it("gives 1 throughout to the mask itself, and 0 for AUROC and AUPRO to its inverse", () => {
    fc.assert(
      fc.property(definedSet, (images) => {
        const perfect = evaluate(images.map((one) => ({ ...one, scores: Float32Array.from(one.mask) })));
        for (const name of FIGURES) expect(perfect[name].value).toBeCloseTo(1, 12);
        const inverse = images.map((one) => ({ ...one, scores: Float32Array.from(one.mask, (set) => -set) }));
        expect(evaluate(inverse).auroc.value).toBe(0);
        expect(evaluate(inverse).aupro.value).toBe(0);
      }),
    );
  });

  it("says why there is no figure", () => {
    const reasonOf = (...images: PixelImage[]) => {
      const { auroc, aupro, f1Threshold } = evaluate(images);
      expect([auroc.value, aupro.value, f1Threshold]).toEqual([null, null, null]);
      expect(aupro.interval.reason).toBe(auroc.reason);
      return auroc.reason;
    };
    expect(reasonOf()).toMatch(/no scored pixel/);
    expect(reasonOf(image([1, 2], ".."))).toMatch(/every pixel is normal/i);
    expect(reasonOf(image([1, 2], "##"))).toMatch(/every pixel is abnormal/i);
    expect(reasonOf(image([1, 1], "#."), image([1], "."))).toMatch(/the same score/);
    expect(reasonOf(image([1, Number.NaN], "#."))).toMatch(/not a finite number/);
  });

  it("draws intervals over groups that lie around the figure, and none over one group", () => {
    const random = mulberry32(3);
    const images = Array.from({ length: 12 }, () => {
      const mask = Uint8Array.from({ length: 256 }, (_, i) => (i % 16 < 4 ? 1 : 0));
      return { scores: Float32Array.from(mask, (set) => 0.4 * set + random()), mask, width: 16, height: 16 };
    });
    const bootstrap = { replicates: 200, level: 0.95, seed: 1 };
    const figures = evaluate(images, { bootstrap });
    for (const name of FIGURES) {
      const { value, interval } = figures[name];
      expect(interval.low!).toBeLessThan(value!);
      expect(interval.high!).toBeGreaterThan(value!);
      expect(interval.high! - interval.low!).toBeLessThan(0.1);
    }
    expect(evaluate(images.slice(0, 1), { bootstrap }).auroc.interval.reason).toMatch(/two/);
    const alike = evaluate([images[0]!, images[0]!, images[0]!], { bootstrap }).aupro;
    expect(alike.interval.low).toBeCloseTo(alike.value!, 2);
    expect(alike.interval.high).toBe(alike.interval.low);
  });

  it("refuses a map that does not fit its mask, a limit out of range and a group that comes back", () => {
    const evaluator = createPixelEvaluator({ bootstrap: { replicates: 1, level: 0.9, seed: 1 } });
    expect(() => evaluator.add({ ...image([1, 2], "#."), scores: new Float32Array(3) })).toThrow(/3 pixels/);
    expect(() => evaluator.add({ ...image([1, 2], "#."), width: 3 })).toThrow(/3×1/);
    expect(() => createPixelEvaluator({ fprLimit: 0 })).toThrow(/limit/);
    for (const group of [1, 2]) evaluator.add(image([1, 2], "#."), group);
    expect(() => evaluator.add(image([1, 2], "#."), 1)).toThrow(/one after the other/);
  });
});

/** The slow, obvious way: the whole curve anew for each distinct score. */
function byThreshold(images: readonly PixelImage[], fprLimit: number) {
  const pixels = images.flatMap(({ scores, mask, width }) =>
    Array.from(scores, (score, i) => ({ score, region: mask[i] ? regionOf(mask, width, i) : null })),
  );
  const perImage = images.map((one) => ({ one, regions: distinctRegions(one) }));
  const positives = pixels.filter(({ region }) => region !== null).length;
  const negatives = pixels.length - positives;
  const thresholds = [...new Set(pixels.map(({ score }) => score))].sort((a, b) => b - a);
  const points = thresholds.map((threshold) => {
    const tp = pixels.filter(({ score, region }) => region !== null && score >= threshold).length;
    const fp = pixels.filter(({ score, region }) => region === null && score >= threshold).length;
    const overlaps = perImage.flatMap(({ one, regions: members }) =>
      members.map((region) => region.filter((i) => one.scores[i]! >= threshold).length / region.length),
    );
    const pro = overlaps.reduce((sum, overlap) => sum + overlap, 0) / overlaps.length;
    return { threshold, tpr: tp / positives, fpr: fp / negatives, pro, precision: tp / (tp + fp) };
  });
  const f1s = points.map(({ tpr, precision }) => (tpr === 0 ? 0 : 2 / (1 / tpr + 1 / precision)));
  const f1Max = Math.max(...f1s);
  return {
    auroc: area(points.map(({ fpr, tpr }) => [fpr, tpr])),
    averagePrecision: points.reduce(
      (sum, { tpr, precision }, i) => sum + (tpr - (points[i - 1]?.tpr ?? 0)) * precision,
      0,
    ),
    f1Max,
    f1Threshold: points[f1s.findIndex((f1) => f1 > f1Max - 1e-12)]!.threshold,
    aupro:
      area(
        clip(
          points.map(({ fpr, pro }) => [fpr, pro]),
          fprLimit,
        ),
      ) / fprLimit,
  };
}

type Point = readonly [number, number];

function area(points: readonly Point[]): number {
  const all: Point[] = [[0, 0], ...points];
  return all.slice(1).reduce((sum, [x, y], i) => sum + ((x - all[i]![0]) * (y + all[i]![1])) / 2, 0);
}

function clip(points: readonly Point[], limit: number): Point[] {
  const kept: Point[] = [];
  let last: Point = [0, 0];
  for (const point of points) {
    if (point[0] > limit) {
      const share = (limit - last[0]) / (point[0] - last[0]);
      return [...kept, [limit, last[1] + share * (point[1] - last[1])]];
    }
    kept.push(point);
    last = point;
  }
  return kept;
}

function distinctRegions({ mask, width }: PixelImage): number[][] {
  const regions = new Map<string, number[]>();
  for (let i = 0; i < mask.length; i++) {
    if (mask[i]) regions.set(regionOf(mask, width, i), grow(mask, width, i));
  }
  return [...regions.values()];
}

const regionOf = (mask: Uint8Array, width: number, pixel: number): string => grow(mask, width, pixel).join();

/** The pixels of a pixel's region, ascending: neighbours are added until none is left. */
function grow(mask: Uint8Array, width: number, pixel: number): number[] {
  let region = [pixel];
  for (let before = 0; before !== region.length; ) {
    before = region.length;
    region = Array.from(mask.keys()).filter(
      (i) =>
        mask[i] && region.some((j) => distance(i % width, j % width) <= 1 && distance(row(i), row(j)) <= 1),
    );
  }
  return region;
  function row(i: number): number {
    return Math.floor(i / width);
  }
}

const distance = (a: number, b: number): number => Math.abs(a - b);
