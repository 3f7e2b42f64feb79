import type { ImportReportFieldsFragment } from "@engram/sdk";
import { describe, expect, it } from "vitest";
import { reportLines } from "./import-report.ts";

const clip: ImportReportFieldsFragment["clips"][number] = {
  ...{ name: "good", split: "TRAIN", kind: "IMAGES", frameCount: 37, width: 400, height: 256 },
  ...{ frameRate: null, isVariableFrameRate: false, hasLabels: false, hasMasks: false },
  ...{ maskedFrames: 0, abnormalFrames: null, quarantineReason: null },
};
const defective = {
  ...{ ...clip, name: "defective", split: "TEST" as const, frameCount: 93, abnormalFrames: 93 },
  ...{ hasLabels: true, hasMasks: true, maskedFrames: 90 },
};
const report = { layout: "MVTEC" as const, unmatched: [], warnings: [], totalBytes: 1_600_000 };

describe("the report of an import", () => {
  it("tells of pictures folder by folder", () => {
    expect(reportLines({ ...report, clips: [clip, defective] }).join("\n")).toBe(
      [
        "Layout MVTEC, 130 pictures in 2 folders, 1.6 MB",
        "split  folder     pictures  defective  masks  size",
        "TRAIN  good             37  -              0  400×256",
        "TEST   defective        93  93            90  400×256",
      ].join("\n"),
    );
  });

  it("tells of footage split by split", () => {
    const clips = [clip, clip, defective].map((one) => ({ ...one, kind: "VIDEO" as const }));
    const lines = reportLines({ ...report, layout: "MNAD", clips });
    expect(lines[0]).toBe("Layout MNAD, 3 clips, 1.6 MB");
    expect(lines[1]?.split("\n")).toHaveLength(3);
    expect(lines[1]).toMatch(/TRAIN +2 +74 +0 +0 +- +400×256/);
  });

  it("counts what fits nothing, and names the first few", () => {
    const unmatched = Array.from({ length: 40 }, (_, i) => `ground_truth/defective/${i}.png`);
    const lines = reportLines({ ...report, clips: [clip], unmatched, warnings: ["Look out."] });
    expect(lines.at(-2)).toBe("warning: Look out.");
    expect(lines.at(-1)).toMatch(
      /^unmatched: 40 files fit no picture: ground_truth\/defective\/0.png, .* and 35 more$/,
    );
    expect(reportLines({ ...report, clips: [clip], unmatched: ["a.png"] }).at(-1)).toBe(
      "unmatched: 1 file fits no picture: a.png",
    );
  });
});
