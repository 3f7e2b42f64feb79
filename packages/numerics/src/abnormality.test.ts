import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type AbnormalityMap, createAbnormalityMap, type MixCalibration } from "./abnormality.ts";
import { mulberry32, normalArray } from "./random.ts";

type Lane = "ERROR" | "PSNR";
const directions = { ERROR: 1, PSNR: -1 } as const;

function mapOf(calibration: MixCalibration<Lane>): AbnormalityMap<Lane> {
  const { map, reason } = createAbnormalityMap(calibration);
  if (!map) throw new Error(reason);
  return map;
}

/** One lane of weight 1 with the given calibration values. */
function errorMap(samples: ArrayLike<number>): (error: number) => number {
  const map = mapOf({ samples: { ERROR: samples }, directions, weights: { ERROR: 1 } });
  return (error) => map.ofFrame({ ERROR: error })!;
}

const samples = fc.array(fc.integer({ min: -30, max: 30 }), { minLength: 8, maxLength: 200 });

describe("createAbnormalityMap", () => {
  it("gives calibration quantiles back as abnormality", () => {
    const abnormality = errorMap(Array.from({ length: 101 }, (_, i) => i));
    for (const percent of [5, 17.5, 50, 94, 95]) expect(abnormality(percent)).toBeCloseTo(percent / 100, 12);
  });

  it("stays within [0, 1] and never falls as the mix rises, whatever the calibration frames are", () => {
    fc.assert(
      fc.property(
        samples,
        fc.array(fc.double({ min: -1e4, max: 1e4, noNaN: true }), { minLength: 2 }),
        (x, probes) => {
          const abnormality = errorMap(x);
          const values = [...probes, ...x].sort((a, b) => a - b).map(abnormality);
          for (const [i, value] of values.entries()) {
            expect(value >= 0 && value <= 1).toBe(true);
            if (i > 0) expect(value).toBeGreaterThanOrEqual(values[i - 1]! - 1e-12);
          }
        },
      ),
    );
  });

  it("keeps the order of frames far more extreme than every calibration frame", () => {
    const abnormality = errorMap(normalArray(2000, mulberry32(9)));
    const extremes = [4, 5, 10, 30, 100, 300, 1000];
    const values = extremes.map(abnormality);
    for (const [i, value] of values.entries()) {
      expect(value).toBeLessThan(1);
      expect(value).toBeGreaterThan(i === 0 ? 0.99 : values[i - 1]!);
    }
    const normal = extremes.map((x) => abnormality(-x));
    for (const [i, value] of normal.entries()) expect(value).toBeLessThan(i === 0 ? 0.01 : normal[i - 1]!);
  });

  it("flags about the promised share of normal frames that it has not seen", () => {
    const random = mulberry32(4);
    const abnormality = errorMap(normalArray(4096, random));
    const unseen = Array.from(normalArray(20_000, random), abnormality);
    const above = (threshold: number) => unseen.filter((value) => value > threshold).length / unseen.length;
    expect(above(0.5)).toBeCloseTo(0.5, 1);
    expect(Math.abs(above(0.95) - 0.05)).toBeLessThan(0.01);
    expect(above(0.99)).toBeGreaterThan(0.004);
    expect(above(0.99)).toBeLessThan(0.018);
  });

  it("turns lanes that speak against an anomaly around, and makes units and offsets irrelevant", () => {
    const error = normalArray(200, mulberry32(2));
    const psnr = error.map((x) => 30 - 4 * x);
    const byError = mapOf({ samples: { ERROR: error }, directions, weights: { ERROR: 1 } });
    const byPsnr = mapOf({ samples: { PSNR: psnr }, directions, weights: { PSNR: 0.3 } });
    for (const x of [-3, -0.2, 0, 1, 2.5, 8]) {
      expect(byPsnr.ofFrame({ PSNR: 30 - 4 * x })).toBeCloseTo(byError.ofFrame({ ERROR: x })!, 4);
    }
  });

  it("weighs standardized lanes, so that only the weights' proportions matter", () => {
    const random = mulberry32(6);
    const both = { ERROR: normalArray(100, random, 5, 2), PSNR: normalArray(100, random, 30, 0.1) };
    const small = mapOf({ samples: both, directions, weights: { ERROR: 0.25, PSNR: 0.75 } });
    const large = mapOf({ samples: both, directions, weights: { ERROR: 1, PSNR: 3 } });
    const frame = { ERROR: 7, PSNR: 29.9 };
    expect(small.ofFrame(frame)).toBeCloseTo(large.ofFrame(frame)!, 10);
    expect(small.lanes).toEqual(["ERROR", "PSNR"]);
  });

  it("scores whole columns exactly as frame by frame, gaps as NaN", () => {
    const random = mulberry32(8);
    const map = mapOf({
      samples: { ERROR: normalArray(50, random), PSNR: normalArray(50, random) },
      directions,
      weights: { ERROR: 0.5, PSNR: 0.5 },
    });
    const columns = { ERROR: [1, Number.NaN, -2], PSNR: [0, 1, 9] };
    const scored = map.ofColumns(columns);
    expect(scored[0]).toBe(map.ofFrame({ ERROR: 1, PSNR: 0 }));
    expect(scored[1]).toBeNaN();
    expect(scored[2]).toBe(map.ofFrame({ ERROR: -2, PSNR: 9 }));
    expect(() => map.ofColumns({ ERROR: [1] })).toThrow(/PSNR of the mix is missing/);
    expect(() => map.ofColumns({ ERROR: [1], PSNR: [1, 2] })).toThrow(/equally long/);
  });

  it("knows nothing of a frame that lacks a lane of the mix, and needs no lane without weight", () => {
    const x = normalArray(20, mulberry32(1));
    const map = mapOf({ samples: { ERROR: x }, directions, weights: { ERROR: 1, PSNR: 0 } });
    expect(map.ofFrame({ PSNR: 1 })).toBeNull();
    expect(map.ofFrame({ ERROR: null })).toBeNull();
    expect(map.ofFrame({ ERROR: Number.NaN })).toBeNull();
    expect(map.ofFrame({ ERROR: 0 })).not.toBeNull();
  });

  it("steps over one half where all calibration frames are equal", () => {
    const abnormality = errorMap(new Float32Array(10).fill(3));
    expect(abnormality(3)).toBe(0.5);
    expect(abnormality(2.9)).toBeLessThan(0.05);
    expect(abnormality(3.1)).toBeGreaterThan(0.95);
  });

  it("says why there is no map", () => {
    const x = normalArray(20, mulberry32(1));
    const reasonOf = (calibration: MixCalibration<Lane>) => createAbnormalityMap(calibration).reason;
    expect(reasonOf({ samples: { ERROR: x }, directions, weights: {} })).toMatch(/No lane has a weight/);
    expect(reasonOf({ samples: { ERROR: x }, directions, weights: { PSNR: 1 } })).toMatch(
      /samples of lane PSNR/,
    );
    const tooFew = [...x.subarray(0, 7), Number.NaN];
    expect(reasonOf({ samples: { ERROR: tooFew }, directions, weights: { ERROR: 1 } })).toMatch(
      /there are 7/,
    );
  });

  it("refuses negative weights and lanes that do not fit", () => {
    const x = normalArray(20, mulberry32(1));
    const make = (calibration: MixCalibration<Lane>) => () => createAbnormalityMap(calibration);
    expect(make({ samples: { ERROR: x }, directions, weights: { ERROR: -1 } })).toThrow(RangeError);
    const uneven = { ERROR: x, PSNR: x.subarray(1) };
    expect(make({ samples: uneven, directions, weights: { ERROR: 1, PSNR: 1 } })).toThrow(/equally long/);
  });
});
