import { describe, expect, it } from "vitest";
import { LANES, resolveHyperparameters, trainableArchitectureSchema } from "./hyperparameters.ts";
import { mixOverLanes, publishedMix } from "./published-mix.ts";

describe("the published score", () => {
  it.each(trainableArchitectureSchema.options)(
    "of %s is a mix of lanes that it has, of weight 1",
    (architecture) => {
      const mix = publishedMix(architecture, resolveHyperparameters(architecture, "paper"));
      expect(LANES[architecture]).toEqual(expect.arrayContaining(Object.keys(mix)));
      expect(Object.values(mix).reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
    },
  );

  it("of MPN is half the frame's PSNR and half that of the feature error", () => {
    const mix = publishedMix("MPN", resolveHyperparameters("MPN", "paper"));
    expect(mix).toEqual({ PSNR: 0.5, FEATURE_PSNR: 0.5 });
  });

  it("goes without a lane that what is stored has not, in the proportions of the others", () => {
    expect(mixOverLanes({ PSNR: 0.5, FEATURE_PSNR: 0.5 }, ["PSNR", "FEATURE_DISTANCE"])).toEqual({ PSNR: 1 });
    const three = { PSNR: 0.5, REGION_ERROR: 0.25, FEATURE_PSNR: 0.25 };
    expect(mixOverLanes(three, ["PSNR", "REGION_ERROR"])).toEqual({ PSNR: 2 / 3, REGION_ERROR: 1 / 3 });
    expect(mixOverLanes(three, ["ABSOLUTE_ERROR"])).toEqual(three);
  });
});
