import { describe, expect, it } from "vitest";
import { decisionPolicySchema } from "./contracts.ts";
import { isAppError } from "./errors.ts";
import { parseArchitecture, resolveHyperparameters } from "./hyperparameters.ts";

const rules = {
  mix: { PSNR: 0.6, FEATURE_DISTANCE: 0.4 },
  enterThreshold: 0.99,
  leaveThreshold: 0.95,
  minDurationFrames: 3,
  mergeGapFrames: 5,
  smoothingFrames: 5,
};

const codeOf = (work: () => unknown) => {
  try {
    work();
  } catch (err) {
    return isAppError(err) ? [err.code, err.field] : err;
  }
  return "nothing was thrown";
};

describe("decision policy", () => {
  it("accepts a hysteresis that leaves at or below where it enters", () => {
    expect(decisionPolicySchema.safeParse(rules).success).toBe(true);
    expect(decisionPolicySchema.safeParse({ ...rules, leaveThreshold: 0.99 }).success).toBe(true);
  });

  it("refuses to leave above where it enters, an even smoothing window, and an unknown lane", () => {
    expect(decisionPolicySchema.safeParse({ ...rules, leaveThreshold: 0.995 }).success).toBe(false);
    expect(decisionPolicySchema.safeParse({ ...rules, smoothingFrames: 4 }).success).toBe(false);
    expect(decisionPolicySchema.safeParse({ ...rules, mix: { LUCK: 1 } }).success).toBe(false);
  });

  it("takes a policy stored before windows could trail as centred, and lets a trailing one be even", () => {
    expect(decisionPolicySchema.parse(rules)).toEqual({ ...rules, smoothingAlignment: "CENTRED" });
    const trailing = { ...rules, smoothingFrames: 4, smoothingAlignment: "TRAILING" };
    expect(decisionPolicySchema.safeParse(trailing).success).toBe(true);
  });
});

describe("hyper-parameters", () => {
  it("takes the preset's values where none is given, and ignores null as the API sends it", () => {
    const resolved = resolveHyperparameters("MNAD_PREDICTION", "compact", { epochs: 1, width: null });
    expect(resolved).toMatchObject({ size: 128, width: 32, epochs: 1, items: 10, lambda: 0.6, gamma: 0.01 });
  });

  it("differ between the variants of MNAD as published", () => {
    expect(resolveHyperparameters("MNAD_RECONSTRUCTION", "paper")).toMatchObject({
      ...{ size: 256, width: 64, lambda: 0.7, gamma: 0.015, lossCompactness: 0.01, lossSeparateness: 0.01 },
    });
  });

  it("names the field of a value out of range and of an unknown name", () => {
    expect(codeOf(() => resolveHyperparameters("MNAD_PREDICTION", "tiny", { size: 50 }))).toEqual([
      "BAD_INPUT",
      "hyperparameters.size",
    ]);
    expect(codeOf(() => resolveHyperparameters("MNAD_PREDICTION", "tiny", { depth: 3 }))).toEqual([
      "BAD_INPUT",
      "hyperparameters.depth",
    ]);
  });

  it("reads an architecture as people write it and refuses one that is none", () => {
    expect(parseArchitecture("mnad-prediction")).toBe("MNAD_PREDICTION");
    expect(codeOf(() => parseArchitecture("resnet"))).toEqual(["UNKNOWN_ARCHITECTURE", "architecture"]);
  });
});
