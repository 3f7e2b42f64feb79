import { describe, expect, it } from "vitest";
import {
  type ArchitectureInfo,
  groupHyperparameters,
  prepareTrainInput,
  presetOf,
  presetValues,
} from "./train-form.ts";

const described = (name: string) => ({
  name,
  description: name,
  group: "TRAINING" as const,
  ...{ unit: null, minimum: null, maximum: null, isInteger: false, choices: [], pattern: null },
});
const parameter = (name: string, isInteger: boolean) => ({
  ...described(name),
  kind: "NUMBER" as const,
  isInteger,
});
const architecture: ArchitectureInfo = {
  architecture: "MNAD_PREDICTION",
  slug: "mnad-prediction",
  summary: "Predicts.",
  hyperparameters: [parameter("epochs", true), parameter("learningRate", false)],
  presets: [{ name: "compact", values: { epochs: 10, learningRate: 2e-4, note: null } }],
};

describe("prepareTrainInput", () => {
  it("sends only what differs from the preset", () => {
    expect(prepareTrainInput(architecture, "COMPACT", { epochs: "1", learningRate: "0.0002" })).toEqual({
      architecture: { mnadPrediction: { epochs: 1 } },
    });
    expect(prepareTrainInput(architecture, "COMPACT", { epochs: " ", learningRate: "" })).toEqual({
      architecture: { mnadPrediction: {} },
    });
  });

  it("sends words and switches as what they are, and only where they differ from the preset", () => {
    const withOptions: ArchitectureInfo = {
      ...architecture,
      hyperparameters: [
        { ...described("psnrPeak"), kind: "CHOICE", choices: ["ONE", "FRAME_MAXIMUM"] },
        { ...described("flipVertical"), kind: "SWITCH" },
      ],
      presets: [{ name: "compact", values: { psnrPeak: "ONE", flipVertical: false } }],
    };
    const inputOf = (psnrPeak: string, flipVertical: string) =>
      prepareTrainInput(withOptions, "COMPACT", { psnrPeak, flipVertical });
    expect(inputOf("FRAME_MAXIMUM", "true")).toEqual({
      architecture: { mnadPrediction: { psnrPeak: "FRAME_MAXIMUM", flipVertical: true } },
    });
    expect(inputOf("ONE", "false")).toEqual({ architecture: { mnadPrediction: {} } });
    expect(inputOf("TWO", "")).toMatchObject({ failure: { field: "psnrPeak" } });
  });

  it("names the field of a value that is out of range or no number", () => {
    expect(prepareTrainInput(architecture, "COMPACT", { epochs: "0" })).toMatchObject({
      failure: { field: "epochs" },
    });
    expect(prepareTrainInput(architecture, "COMPACT", { learningRate: "fast" })).toMatchObject({
      failure: { field: "learningRate" },
    });
  });

  it("sends them under the architecture's own field", () => {
    const rebuilding: ArchitectureInfo = { ...architecture, architecture: "MNAD_RECONSTRUCTION" };
    expect(prepareTrainInput(rebuilding, "COMPACT", { epochs: "2" })).toEqual({
      architecture: { mnadReconstruction: { epochs: 2 } },
    });
  });
});

describe("groupHyperparameters", () => {
  it("keeps the order of the groups and, in each, that of the hyper-parameters", () => {
    const learningRate = parameter("learningRate", false);
    const seed = parameter("seed", true);
    const width = { ...parameter("width", true), group: "NETWORK" as const };
    expect(groupHyperparameters([learningRate, width, seed])).toEqual([
      { group: "NETWORK", members: [width] },
      { group: "TRAINING", members: [learningRate, seed] },
    ]);
  });
});

describe("presets", () => {
  it("are found whatever their case, and give their values", () => {
    expect(presetOf("compact")).toBe("COMPACT");
    expect(presetOf("huge")).toBeNull();
    expect(presetValues(architecture, "COMPACT")).toEqual({ epochs: 10, learningRate: 2e-4 });
    expect(presetValues(architecture, "PAPER")).toEqual({});
  });
});
