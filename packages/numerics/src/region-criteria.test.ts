import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRegionEvaluator, type RegionCriteriaOptions } from "./region-criteria.ts";
import type { RegionFrame } from "./region-ledger.ts";

/** A frame of one row: "#" is abnormal in the truth; a digit in `raised` is the region's number. */
function frame(truth: string, raised: string, ...scores: number[]): RegionFrame {
  return {
    truth: Uint8Array.from(truth, (character) => (character === "#" ? 1 : 0)),
    raised: Uint32Array.from(raised, (character) => (character === "." ? 0 : Number(character))),
    ...{ scores, width: truth.length, height: 1 },
  };
}

function evaluate(clips: readonly (readonly RegionFrame[])[], options: RegionCriteriaOptions = {}) {
  const evaluator = createRegionEvaluator(options);
  for (const [clip, frames] of clips.entries()) for (const one of frames) evaluator.add(one, clip);
  return evaluator.finish();
}

describe("createRegionEvaluator", () => {
  it("gives the figures of a case worked out by hand", () => {
    // Four frames, one true region in each of the first two: one track. Thresholds from above: 9 false (FPR ¼),
    // 8 finds the first region (RBDR ½, track found), 7 false (FPR ½), 6 finds the second.
    const frames = [
      frame("##........", "11........", 8),
      frame("##........", "11.....22.", 6, 7),
      frame("..........", ".......11.", 9),
      frame("..........", ".........."),
    ];
    const { rbdc, tbdc, ...rest } = evaluate([frames]);
    expect(rbdc.value).toBeCloseTo(0.25 * 0 + 0.25 * 0.5 + 0.5 * 1, 12);
    expect(tbdc.value).toBeCloseTo(0.25 * 0 + 0.75 * 1, 12);
    expect(rest).toEqual({
      ...{ frames: 4, regions: 2, tracks: 1, falseRegionsPerFrame: 0.5 },
      ...{ overlap: 0.1, trackShare: 0.1, falseLimit: 1 },
    });
    expect(evaluate([frames], { falseLimit: 0.375 }).rbdc.value).toBeCloseTo((0.125 * 0.5) / 0.375, 12);
  });

  it("draws a line through thresholds that find and fail at once, up to the limit of false regions", () => {
    // One frame: all of one score, three false regions and a right one. RBDR 0 → 1 over FPR 0 → 3.
    const one = frame("##......", "11.2.3.4", 5, 5, 5, 5);
    expect(evaluate([[one]]).rbdc.value).toBeCloseTo(1 / 6, 12);
  });

  it("finds a region at an overlap of β exactly, and counts what overlaps less as false", () => {
    const tenth = frame("##########", "1.........", 1);
    expect(evaluate([[tenth]])).toMatchObject({ rbdc: { value: 1 }, falseRegionsPerFrame: 0 });
    const less = frame("###########", "1..........", 1);
    expect(evaluate([[less]])).toMatchObject({ rbdc: { value: 0 }, falseRegionsPerFrame: 1 });
    expect(evaluate([[tenth]], { overlap: 0.2 }).rbdc.value).toBe(0);
  });

  it("lets one raised region find several true ones, and a true one be found by the strongest", () => {
    const wide = frame("##.##", "11111", 3);
    expect(evaluate([[wide]])).toMatchObject({ rbdc: { value: 1 }, falseRegionsPerFrame: 0, regions: 2 });
    const twice = [frame("####", "12..", 2, 4), frame("....", "...1", 3)];
    expect(evaluate([twice]).rbdc.value).toBe(1);
  });

  it("finds a track once a share of its regions is found, the share rounded up", () => {
    const track = (length: number, found: number) =>
      Array.from({ length }, (_, i) => frame("##..", i < found ? "11.." : "....", ...(i < found ? [1] : [])));
    expect(evaluate([track(10, 1)]).tbdc.value).toBe(1);
    expect(evaluate([track(11, 1)]).tbdc.value).toBe(0);
    expect(evaluate([track(30, 3)]).tbdc.value).toBe(1);
    expect(evaluate([track(4, 2)], { trackShare: 0.5 }).tbdc.value).toBe(1);
  });

  it("joins regions of neighbouring frames into tracks where they share a pixel, and never over a cut", () => {
    const [left, right] = [frame("##..", "...."), frame("...#", "....")];
    const middle = frame(".##.", "....");
    expect(evaluate([[left, middle, left]]).tracks).toBe(1);
    expect(evaluate([[left, right]]).tracks).toBe(2);
    expect(evaluate([[left], [left]]).tracks).toBe(2);
    expect(evaluate([[left, { ...left, follows: false }]]).tracks).toBe(2);
    // Two that merge are one.
    expect(evaluate([[frame("#..#", "...."), frame("####", "....")]])).toMatchObject({
      tracks: 1,
      regions: 3,
    });
  });

  it("is unmoved by what leaves the order of the scores, and worse by no further right region", () => {
    const frames = fc.array(
      fc.tuple(
        fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }),
        fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 8, maxLength: 8 }),
        fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 4, maxLength: 4 }),
      ),
      { minLength: 1, maxLength: 6 },
    );
    fc.assert(
      fc.property(frames, (rows) => {
        const built = (map: (score: number) => number) =>
          rows.map(([truth, raised, scores]) => ({
            truth: Uint8Array.from(truth, Number),
            raised: Uint32Array.from(raised),
            scores: scores.map(map),
            width: 8,
            height: 1,
          }));
        const plain = evaluate([built((score) => score)]);
        const moved = evaluate([built((score) => Math.exp(score) + 2)]);
        expect(moved).toEqual(plain);
        for (const { value } of [plain.rbdc, plain.tbdc]) {
          if (value === null) continue;
          expect(value).toBeGreaterThanOrEqual(0);
          expect(value).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  it("says why there is no figure, and gives 0 where nothing is found", () => {
    expect(evaluate([]).rbdc.reason).toMatch(/no scored frame/);
    expect(evaluate([])).toMatchObject({ falseRegionsPerFrame: null, tbdc: { value: null } });
    expect(evaluate([[frame("..", "1.", 1)]]).tbdc.reason).toMatch(/no abnormal region/);
    expect(evaluate([[frame("#.", "..")]])).toMatchObject({ rbdc: { value: 0 }, tbdc: { value: 0 } });
  });

  it("draws intervals over clips, and none over one", () => {
    const [hit, miss] = [frame("##..", "11..", 1), frame("##..", "...1", 1)];
    const bootstrap = { replicates: 200, level: 0.9, seed: 1 };
    const several = evaluate([[hit], [miss], [hit], [hit], [miss]], { bootstrap });
    expect(several.rbdc.interval.low!).toBeLessThan(several.rbdc.value!);
    expect(several.rbdc.interval.high!).toBeGreaterThan(several.rbdc.value!);
    expect(evaluate([[hit]], { bootstrap }).rbdc.interval.reason).toMatch(/two clips/);
  });

  it("refuses options out of range, labels that do not fit and regions without a score", () => {
    expect(() => createRegionEvaluator({ overlap: 0 })).toThrow(/share/);
    expect(() => createRegionEvaluator({ falseLimit: 0 })).toThrow(/limit/);
    expect(() => evaluate([[{ ...frame("#.", ".."), raised: new Uint32Array(3) }]])).toThrow(/2×1/);
    expect(() => evaluate([[frame("#.", "1.", Number.NaN)]])).toThrow(/score NaN/);
    expect(() => evaluate([[frame("#.", ".."), frame("#..", "...")]])).toThrow(/one size/);
  });
});
