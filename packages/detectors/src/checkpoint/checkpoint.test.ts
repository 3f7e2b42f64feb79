import { decodeSafetensors, encodeSafetensors } from "@engram/engine";
import { describe, expect, it } from "vitest";
import { decodeCheckpoint, decodeModel, encodeCheckpoint, encodeModel } from "./checkpoint.ts";
import { tinyDetector } from "./testing/tiny.ts";

const detector = tinyDetector();
const state = detector.initialState(4);
const position = {
  epoch: 1,
  step: 2,
  lossSums: { loss: 0.1 + 0.2, pixelLoss: 1 / 3, compactness: 0, separateness: 2 },
  elapsedSeconds: 1.5,
  finishedEpochs: [],
  millisecondsPerStep: null,
  windowCount: 9,
};

describe("a checkpoint", () => {
  const bytes = encodeCheckpoint(detector, { state, position });

  it("comes back as it was, with its detector", () => {
    const decoded = decodeCheckpoint(bytes);
    expect(decoded.checkpoint).toEqual({ state, position });
    expect(decoded.detector.hyperparameters).toEqual(detector.hyperparameters);
  });

  it("is refused where bytes are missing, or it lacks a tensor, its place or its format", () => {
    const { tensors, metadata } = decodeSafetensors(bytes);
    const { "conv1.1/filter": filter, ...others } = tensors;
    const damaged = [
      bytes.subarray(0, bytes.length - 1),
      bytes.subarray(0, 4),
      encodeSafetensors(others, metadata),
      encodeSafetensors({ ...tensors, extra: filter! }, metadata),
      encodeSafetensors({ ...tensors, "conv1.1/filter": { ...filter!, shape: [9, 12, 4] } }, metadata),
      encodeSafetensors(tensors, { ...metadata, position: "{}" }),
      encodeSafetensors(tensors, { ...metadata, position: "null" }),
      encodeSafetensors(tensors, { ...metadata, hyperparameters: '{"size": 16}' }),
      encodeSafetensors(tensors, { ...metadata, architecture: "PERCEPTRON" }),
      encodeModel(detector, state),
    ];
    for (const bad of damaged) {
      expect(() => decodeCheckpoint(bad)).toThrow(expect.objectContaining({ code: "CORRUPT_CHECKPOINT" }));
    }
  });
});

describe("a model file", () => {
  it("holds what scoring needs and nothing else", () => {
    const decoded = decodeModel(encodeModel(detector, state));
    expect(decoded.state).toEqual(detector.deployable(state));
    expect(Object.keys(decoded.state).filter((name) => name.startsWith("adam"))).toEqual([]);
    expect(decoded.detector.architecture).toBe("MNAD_PREDICTION");
  });

  it("is not taken for a checkpoint", () => {
    const bytes = encodeCheckpoint(detector, { state, position });
    expect(() => decodeModel(bytes)).toThrow(expect.objectContaining({ code: "CORRUPT_CHECKPOINT" }));
  });
});
