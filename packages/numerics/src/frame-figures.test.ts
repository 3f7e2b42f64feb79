import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { auroc, type LabelledScores } from "./auroc.ts";
import { evaluateFrames } from "./frame-figures.ts";
import { mulberry32 } from "./random.ts";

const FEW = { replicates: 20, level: 0.95, seed: 1 };

const values = ({ micro, macro }: ReturnType<typeof evaluateFrames>) => ({
  micro: Object.values(micro).map(({ value }) => value),
  macro: Object.values(macro).map(({ value }) => value),
});

/** From the definitions, threshold by threshold. */
function byThresholds(scores: readonly number[], labels: readonly number[]) {
  const thresholds = [...new Set(scores)].sort((a, b) => b - a);
  const positives = labels.filter((label) => label === 1).length;
  const negatives = labels.length - positives;
  const points = thresholds.map((threshold) => {
    const flagged = labels.filter((_, i) => scores[i]! >= threshold);
    const tp = flagged.filter((label) => label === 1).length;
    return { tpr: tp / positives, fpr: (flagged.length - tp) / negatives, precision: tp / flagged.length };
  });
  let averagePrecision = 0;
  let recall = 0;
  for (const { tpr, precision } of points) {
    averagePrecision += (tpr - recall) * precision;
    recall = tpr;
  }
  const f1s = points.map(({ tpr, precision }) => (tpr === 0 ? 0 : (2 * tpr * precision) / (tpr + precision)));
  return { averagePrecision, f1Max: Math.max(...f1s), points: [{ tpr: 0, fpr: 0 }, ...points] };
}

const rows = fc
  .array(fc.tuple(fc.integer({ min: -4, max: 4 }), fc.constantFrom(0, 1)), { minLength: 2, maxLength: 60 })
  .filter((drawn) => [0, 1].every((column) => new Set(drawn.map((row) => row[column])).size > 1));

describe("evaluateFrames", () => {
  it("equals the definitions at every threshold, for any scores with ties, however clips are cut", () => {
    fc.assert(
      fc.property(rows, fc.nat(60), (drawn, cut) => {
        const scores = drawn.map(([score]) => score);
        const labels = drawn.map(([, label]) => label);
        const clips = [
          { scores: scores.slice(0, cut), labels: labels.slice(0, cut) },
          { scores: scores.slice(cut), labels: labels.slice(cut) },
        ];
        const { micro, f1Threshold } = evaluateFrames(clips, { ...FEW, replicates: 1 });
        const expected = byThresholds(scores, labels);
        expect(micro.auroc.value).toBe(auroc(scores, labels).value);
        expect(micro.averagePrecision.value).toBeCloseTo(expected.averagePrecision, 12);
        expect(micro.f1Max.value).toBeCloseTo(expected.f1Max, 12);
        const flagged = labels.filter((_, i) => scores[i]! >= f1Threshold!);
        const hits = flagged.filter((label) => label === 1).length;
        const positives = labels.filter((label) => label === 1).length;
        expect((2 * hits) / (positives + flagged.length)).toBeCloseTo(expected.f1Max, 12);
        const rate = micro.equalErrorRate.value!;
        const step = expected.points.findIndex(({ fpr, tpr }) => fpr >= 1 - tpr);
        const [before, after] = [expected.points[step - 1]!, expected.points[step]!];
        const share = (1 - before.tpr - before.fpr) / (after.fpr - before.fpr + after.tpr - before.tpr);
        expect(rate).toBeCloseTo(before.fpr + share * (after.fpr - before.fpr), 12);
      }),
    );
  });

  it("ranks perfectly, and the other way around", () => {
    const clip = { scores: [1, 2, 3, 4], labels: [0, 0, 1, 1] };
    expect(values(evaluateFrames([clip], FEW)).micro).toEqual([1, 1, 0, 1]);
    expect(evaluateFrames([clip], FEW).f1Threshold).toBe(3);
    const turned = { scores: [4, 3, 2, 1], labels: [0, 0, 1, 1] };
    expect(values(evaluateFrames([turned], FEW)).micro.slice(0, 3)).toEqual([0, expect.closeTo(5 / 12), 1]);
  });

  it("averages over clips with both classes and counts the others", () => {
    const { macro, oneClassClips } = evaluateFrames(
      [
        { scores: [1, 2], labels: [0, 1] },
        { scores: [2, 1], labels: [0, 1] },
        { scores: [1, 2, 3], labels: [1, 1, 1] },
      ],
      FEW,
    );
    expect(macro.auroc.value).toBe(0.5);
    expect(macro.averagePrecision.value).toBe(0.75);
    expect(oneClassClips).toBe(1);
  });

  it("gives null with a reason for no frame, one class, one score, and scores that are not finite", () => {
    const reasons: [LabelledScores[], RegExp, RegExp][] = [
      [[], /no scored frame/, /no clip has both/i],
      [[{ scores: [1, 2], labels: [0, 0] }], /every frame is normal/i, /no clip has both/i],
      [[{ scores: [1, 2], labels: [1, 1] }], /every frame is abnormal/i, /no clip has both/i],
      [[{ scores: [3, 3], labels: [0, 1] }], /the same score/, /the same score/],
      [[{ scores: [3, Number.NaN], labels: [0, 1] }], /not a finite/, /not a finite/],
    ];
    for (const [clips, microReason, macroReason] of reasons) {
      const { micro, macro, f1Threshold } = evaluateFrames(clips, FEW);
      expect(f1Threshold).toBeNull();
      for (const [figures, reason] of [
        [micro, microReason],
        [macro, macroReason],
      ] as const) {
        for (const { value, reason: said, interval } of Object.values(figures)) {
          expect([value, interval.low, interval.high]).toEqual([null, null, null]);
          expect(said).toMatch(reason);
          expect(interval.reason).toMatch(reason);
        }
      }
    }
  });

  it("has no macro value where one clip of both classes cannot be ranked", () => {
    const { micro, macro } = evaluateFrames(
      [
        { scores: [1, 2], labels: [0, 1] },
        { scores: [5, 5], labels: [0, 1] },
      ],
      FEW,
    );
    expect(micro.auroc.value).toBe(0.625);
    expect(macro.auroc.reason).toMatch(/one clip has no figures.*same score/i);
  });

  it("draws the same intervals from the same seed, around the value; none from one clip", () => {
    const random = mulberry32(3);
    const clips = Array.from({ length: 12 }, () => {
      const labels = Array.from({ length: 50 }, (_, i) => (i < 25 ? 0 : 1));
      return { labels, scores: labels.map((label) => random() + 0.4 * label) };
    });
    const options = { replicates: 500, level: 0.95, seed: 11 };
    const first = evaluateFrames(clips, options);
    expect(evaluateFrames(clips, options)).toEqual(first);
    expect(evaluateFrames(clips, { ...options, seed: 12 })).not.toEqual(first);
    for (const { value, interval } of [...Object.values(first.micro), ...Object.values(first.macro)]) {
      expect(interval.low).toBeLessThan(value!);
      expect(interval.high).toBeGreaterThan(value!);
      expect(interval.high! - interval.low!).toBeLessThan(0.15);
    }
    expect(evaluateFrames(clips.slice(0, 1), options).micro.auroc.interval.reason).toMatch(/two clips/);
  });

  it("has the interval that plain resampling of the clips' frames has", () => {
    const random = mulberry32(9);
    const clips = Array.from({ length: 5 }, () => {
      const labels = Array.from({ length: 8 }, (_, i) => i % 2);
      return { labels, scores: labels.map((label) => Math.round(6 * random() + label)) };
    });
    const options = { replicates: 50, level: 0.9, seed: 4 };
    const draws = mulberry32(options.seed);
    const aurocs = Array.from({ length: options.replicates }, () => {
      const drawn = clips.map(() => clips[Math.floor(draws() * clips.length)]!);
      return auroc(
        drawn.flatMap(({ scores }) => scores),
        drawn.flatMap(({ labels }) => labels),
      ).value!;
    }).sort((a, b) => a - b);
    const { low, high } = evaluateFrames(clips, options).micro.auroc.interval;
    const at = (p: number) => {
      const rank = Math.floor(49 * p);
      return aurocs[rank]! + (49 * p - rank) * (aurocs[rank + 1]! - aurocs[rank]!);
    };
    expect(low).toBeCloseTo(at(0.05), 12);
    expect(high).toBeCloseTo(at(0.95), 12);
  });

  it("is exact on a million frames", () => {
    const random = mulberry32(17);
    const clips = Array.from({ length: 10 }, () => {
      const labels = Uint8Array.from({ length: 100_000 }, () => (random() < 0.3 ? 1 : 0));
      return { labels, scores: Float64Array.from(labels, (label) => random() + 0.2 * label) };
    });
    const { micro } = evaluateFrames(clips, { ...FEW, replicates: 5 });
    const pooled = auroc(
      Float64Array.from(clips.flatMap(({ scores }) => Array.from(scores))),
      Uint8Array.from(clips.flatMap(({ labels }) => Array.from(labels))),
    );
    expect(micro.auroc.value).toBe(pooled.value);
  });
});
