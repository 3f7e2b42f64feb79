import { describe, expect, it } from "vitest";
import { type ArchitectureInfo, prepareTrainInput, presetOf, presetValues } from "./train-form.ts";

const parameter = (name: string, isInteger: boolean) => ({
  name,
  description: name,
  minimum: null,
  maximum: null,
  isInteger,
});
const architecture: ArchitectureInfo = {
  architecture: "MNAD_PREDICTION",
  slug: "mnad-prediction",
  hyperparameters: [parameter("epochs", true), parameter("learningRate", false)],
  presets: [{ name: "compact", values: { epochs: 10, learningRate: 2e-4, note: "text" } }],
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

  it("refuses an architecture that has no detector", () => {
    expect(prepareTrainInput({ ...architecture, architecture: "MEMAE" }, "COMPACT", {})).toMatchObject({
      failure: { field: "architecture" },
    });
  });
});

describe("presets", () => {
  it("are found whatever their case, and give their numbers", () => {
    expect(presetOf("compact")).toBe("COMPACT");
    expect(presetOf("huge")).toBeNull();
    expect(presetValues(architecture, "COMPACT")).toEqual({ epochs: 10, learningRate: 2e-4 });
    expect(presetValues(architecture, "PAPER")).toEqual({});
  });
});
