import type { EvaluationFieldsFragment } from "@engram/sdk";
import { describe, expect, it } from "vitest";
import { localizationTables } from "./localization-tables.ts";

const known = { value: 0.93406, reason: null, interval: { low: 0.9, high: 0.96, reason: null } };
const why = "The masks have no region.";
const missing = { value: null, reason: why, interval: { low: null, high: null, reason: why } };

type Localization = NonNullable<EvaluationFieldsFragment["localization"]>;

const pixels = (map: "RAW" | "CORRECTED", aurocTolerance: number): Localization["pixelFigures"][number] => ({
  ...{ map, auroc: known, averagePrecision: known, f1Max: known, f1Threshold: 0.2 },
  ...{ aupro: known, fprLimit: 0.3, aurocTolerance },
});

const localization: Localization = {
  ...{ frames: 120, framesLeftOut: 3, pixels: 9, abnormalPixels: 2, regions: 14, tracks: 0 },
  pixelFigures: [pixels("RAW", 0), pixels("CORRECTED", 0.000123)],
  ...{ rbdc: known, tbdc: missing, falseLimit: 1, overlap: 0.1, trackShare: 0.1 },
  falseRegionsPerFrame: 0.25,
};

const of = (figures: Localization | null, kind: "VIDEO" | "IMAGES" = "VIDEO") =>
  localizationTables({ localization: figures, kind });

describe("localizationTables", () => {
  it("shows both maps with AUPRO's limit, the criteria, and each reason for a missing figure once", () => {
    const text = of(localization);
    expect(text).toMatch(/over 120 frames \(3 abnormal ones without a mask left out\)/);
    expect(text).toMatch(/AUPRO \(FPR ≤ 0\.3\)/);
    expect(text).toMatch(/^corrected error map +0\.9341 \[0\.9000, 0\.9600\]/m);
    expect(text).toMatch(/TBDC.* -$/m);
    expect(text).toMatch(/false regions a frame.* 0\.250$/m);
    expect(text.split(why)).toHaveLength(2);
  });

  it("says how exact a pixel AUROC is only where it was counted by levels", () => {
    const lines = of(localization)
      .split("\n")
      .filter((line) => line.includes("by levels"));
    expect(lines).toEqual([
      "Pixel AUROC of the corrected error map: counted by levels, exact within 0.00012.",
    ]);
  });

  it("speaks of pictures where it is of them, and of no tracks", () => {
    const text = of(localization, "IMAGES");
    expect(text).toMatch(/over 120 pictures/);
    expect(text).toMatch(/^false regions a picture.* 0\.250$/m);
    expect(text).not.toMatch(/frame|track|TBDC/);
  });

  it("is empty for an evaluation of an older version", () => {
    expect(of(null)).toBe("");
  });
});
