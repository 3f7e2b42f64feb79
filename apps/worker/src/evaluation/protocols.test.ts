import type { LabelledLanes } from "@engram/detectors";
import { describe, expect, it } from "vitest";
import { evaluateProtocols } from "./protocols.ts";

const OPTIONS = { replicates: 100, level: 0.95, seed: 1 };
const gap = Number.NaN;
const PSNR_ALONE = { weights: { PSNR: 1 }, samples: {} };

function clip(
  psnr: number[],
  labels: number[],
  distance = psnr.map((x) => (Number.isNaN(x) ? gap : 0)),
): LabelledLanes {
  return {
    lanes: { PSNR: Float32Array.from(psnr), FEATURE_DISTANCE: Float32Array.from(distance) },
    labels: Uint8Array.from(labels),
  };
}

function figuresOf(clips: LabelledLanes[], mix: Parameters<typeof evaluateProtocols>[1] = PSNR_ALONE) {
  const rows = evaluateProtocols(clips, mix, OPTIONS);
  return (protocol: string) => {
    const row = rows.find((one) =>
      [one.normalization, one.smoothing, one.unscorable, one.averaging].join(" ").startsWith(protocol),
    );
    if (!row) throw new Error(`There is no protocol ${protocol}.`);
    return row;
  };
}

describe("evaluateProtocols", () => {
  it("has a row for each of the 24 conventions, once", () => {
    const rows = evaluateProtocols([clip([1, 2], [1, 0])], PSNR_ALONE, OPTIONS);
    const names = rows.map((row) =>
      [row.normalization, row.smoothing, row.unscorable, row.averaging].join(" "),
    );
    expect(new Set(names).size).toBe(24);
    expect(names.slice(0, 2)).toEqual(["PER_CLIP NONE LEFT_OUT MICRO", "PER_CLIP NONE LEFT_OUT MACRO"]);
  });

  it("normalizes within a clip, over all clips, or not: a dark clip drowns a bright one unless within", () => {
    const dark = clip([10, 11, 12, 13], [1, 0, 0, 0]);
    const bright = clip([40, 41, 42, 43], [1, 0, 0, 0]);
    const figures = figuresOf([dark, bright]);
    expect(figures("PER_CLIP NONE LEFT_OUT MICRO").auroc.value).toBe(1);
    expect(figures("GLOBAL NONE LEFT_OUT MICRO").auroc.value).toBe(0.75);
    expect(figures("NONE NONE LEFT_OUT MICRO").auroc.value).toBe(0.75);
    expect(figures("NONE NONE LEFT_OUT MACRO").auroc.value).toBe(1);
  });

  it("gives a frame without a score the nearest one, the earlier of two as near, or leaves it out", () => {
    const figures = figuresOf([clip([gap, gap, 5, gap, gap, gap, 1, gap], [0, 0, 0, 0, 1, 1, 1, 1])]);
    expect(figures("NONE NONE LEFT_OUT MICRO")).toMatchObject({ frames: 2, abnormalFrames: 1 });
    const filled = figures("NONE NONE FILLED MICRO");
    // 5 5 5 5 5 1 1 1: one abnormal frame of four ties with the normal ones.
    expect(filled).toMatchObject({ frames: 8, abnormalFrames: 4 });
    expect(filled.auroc.value).toBe(0.875);
    expect(filled.f1Threshold).toBe(-1);
  });

  it("leaves a clip out whole where nothing was scored, and says so", () => {
    const figures = figuresOf([clip([1, 2], [1, 0]), clip([gap, gap], [1, 0])]);
    const kept = { frames: 2, clips: 1, clipsLeftOut: 1 };
    expect(figures("NONE NONE FILLED MICRO")).toMatchObject(kept);
    expect(figures("NONE NONE LEFT_OUT MACRO")).toMatchObject(kept);
  });

  it("smooths along time within a clip: a lone dip among normal frames counts for less", () => {
    const labels = Array.from({ length: 60 }, (_, i) => (i >= 30 ? 1 : 0));
    const psnr = labels.map((label, i) => (i === 10 ? 20 : i % 3 === 0 ? 30 : 32 - 4 * label));
    const figures = figuresOf([clip(psnr, labels), clip(psnr, labels)]);
    const plain = figures("PER_CLIP NONE LEFT_OUT MICRO").auroc.value!;
    expect(figures("PER_CLIP GAUSSIAN LEFT_OUT MICRO").auroc.value!).toBeGreaterThan(plain + 0.05);
  });

  it("brings the lanes of a mix to the scale of calibration frames where nothing is normalized, or says why not", () => {
    const clips = [clip([0, 10, 20], [1, 0, 0], [0.001, 0.005, 0.001])];
    const weights = { PSNR: 0.5, FEATURE_DISTANCE: 0.5 };
    const spread = (unit: number) => Array.from({ length: 9 }, (_, i) => unit * i);
    const wide = figuresOf(clips, { weights, samples: { PSNR: spread(10), FEATURE_DISTANCE: spread(0.01) } });
    expect(wide("NONE NONE LEFT_OUT MICRO").auroc.value).toBe(1);
    const narrow = figuresOf(clips, {
      weights,
      samples: { PSNR: spread(10), FEATURE_DISTANCE: spread(0.001) },
    });
    expect(narrow("NONE NONE LEFT_OUT MICRO").auroc.value).toBe(0.5);
    const unknown = figuresOf(clips, { weights, samples: {} })("NONE NONE LEFT_OUT MICRO");
    expect(unknown.auroc).toMatchObject({ value: null, reason: expect.stringContaining("PSNR") });
    expect(unknown).toMatchObject({ frames: 0, clipsLeftOut: 1 });
  });
});
