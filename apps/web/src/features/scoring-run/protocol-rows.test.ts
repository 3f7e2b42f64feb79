import type { EvaluationFieldsFragment } from "@engram/sdk";
import { expect, it } from "vitest";
import { protocolRows } from "./protocol-rows.ts";

type Protocol = EvaluationFieldsFragment["protocols"][number];

const figure = { value: 0.9, reason: null, interval: { low: 0.8, high: 0.95, reason: null } };
const protocol = (named: Pick<Protocol, "normalization" | "averaging">): Protocol => ({
  ...{ smoothing: "GAUSSIAN", unscorable: "FILLED", ...named },
  ...{ frames: 9, abnormalFrames: 3, clips: 2, clipsLeftOut: 0, f1Threshold: null },
  ...{ auroc: figure, averagePrecision: figure, equalErrorRate: figure, f1Max: figure },
});

it("sets micro and macro of one convention side by side, and leaves macro open where there is none", () => {
  const [micro, macro] = [
    protocol({ normalization: "PER_CLIP", averaging: "MICRO" }),
    protocol({ normalization: "PER_CLIP", averaging: "MACRO" }),
  ];
  const lone = protocol({ normalization: "NONE", averaging: "MICRO" });
  expect(protocolRows([micro, lone, macro])).toEqual([
    expect.objectContaining({ normalization: "Per clip", unscorable: "Filled", micro, macro }),
    expect.objectContaining({ normalization: "None", smoothing: "Gaussian", micro: lone, macro: null }),
  ]);
  expect(protocolRows([])).toEqual([]);
});
