import { type DecisionPolicyRules, LANE_DIRECTION, type Lane } from "@engram/core";
import { createAbnormalityMap, mulberry32, uniformArray } from "@engram/numerics";
import { expect, it } from "vitest";
import { abnormalityOf, neededWindow } from "./abnormality.ts";

const FRAMES = 60;
const REGION_ERROR = uniformArray(FRAMES, mulberry32(3), 0, 0.1);
const whole = { from: 0, to: FRAMES - 1 };

function ruleOf(smoothingAlignment: DecisionPolicyRules["smoothingAlignment"]) {
  const { map, reason } = createAbnormalityMap<Lane>({
    samples: { REGION_ERROR: [0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.07, 0.08] },
    directions: LANE_DIRECTION,
    weights: { REGION_ERROR: 1 },
  });
  if (map === null) throw new Error(reason);
  const rules: DecisionPolicyRules = {
    ...{ mix: { REGION_ERROR: 1 }, enterThreshold: 0.9, leaveThreshold: 0.8 },
    ...{ minDurationFrames: 1, mergeGapFrames: 0, smoothingFrames: 7, smoothingAlignment },
  };
  return { rules, map };
}

it.each([
  ["CENTRED", { from: 17, to: 32 }],
  ["TRAILING", { from: 14, to: 29 }],
] as const)("reads as much beyond a window as %s smoothing needs, and no more", (alignment, expected) => {
  const rule = ruleOf(alignment);
  const window = { from: 20, to: 29 };
  const read = neededWindow(rule.rules, window, FRAMES);
  expect(read).toEqual(expected);
  const columns = { REGION_ERROR: Float64Array.from(REGION_ERROR).subarray(read.from, read.to + 1) };
  const part = abnormalityOf(rule, columns, read, window);
  const all = abnormalityOf(rule, { REGION_ERROR: Float64Array.from(REGION_ERROR) }, whole, whole);
  for (const [i, value] of part.entries()) expect(value).toBeCloseTo(all[window.from + i]!, 12);
});
