import { type Device, decodeSafetensors, openDevice } from "@engram/engine";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ARCHITECTURES } from "../testing/architectures.ts";
import { movingSquare } from "../testing/moving-square.ts";
import { tinyDetector } from "../testing/tiny.ts";
import { exportModel } from "./export-model.ts";
import { measureParity, type ParityOptions } from "./parity.ts";

let device: Device;
let reference: Device;
beforeAll(async () => {
  device = await openDevice("onnx-cpu", { report: () => undefined });
  reference = await openDevice("tfjs-cpu", { report: () => undefined });
});
afterAll(async () => {
  await device.dispose();
  await reference.dispose();
});

const detector = tinyDetector();
const state = detector.initialState(1);
const exported = exportModel(detector, state);
const OUTPUTS = [
  ...["errorMap", "featureDistance", "memoryUpdated", "memory_items_next", "predictionError"],
  ...["regionError", "regularScore"],
];

const parity = (more: Partial<ParityOptions> = {}) =>
  measureParity({
    ...{
      detector,
      state,
      device,
      encoded: exported.encoded,
      clip: movingSquare({ size: 16, frameCount: 20 }),
    },
    signal: new AbortController().signal,
    onProgress: () => undefined,
    ...more,
  });

/** A device that computes one output of every program wrongly. */
function skewed(output: string, wrong: (value: number) => number): Device {
  return {
    ...device,
    async compile(step, initial) {
      const program = await device.compile(step, initial);
      return {
        outputs: program.outputs,
        readState: () => program.readState(),
        writeState: (next) => program.writeState(next),
        dispose: () => program.dispose(),
        async run(...given) {
          const outputs = await program.run(...given);
          return { ...outputs, [output]: Float32Array.from(outputs[output]!, wrong) };
        },
      };
    },
  };
}

describe("an exported model", () => {
  it("takes frames, memory and gate, gives raw scores, and has a sentence for each", () => {
    const names = (tensors: typeof exported.inputs) => tensors.map(({ name }) => name).sort();
    expect(names(exported.inputs)).toEqual(["frames", "gate", "memory_items", "target"]);
    expect(names(exported.outputs)).toEqual([...OUTPUTS].sort());
    for (const { description } of [...exported.inputs, ...exported.outputs])
      expect(description).toMatch(/\.$/);
    expect(exported.inputs.find(({ name }) => name === "frames")?.shape).toEqual([1, 16, 16, 12]);
  });

  it.each(ARCHITECTURES)(
    "of $architecture scores as the trained detector does, and says what it takes",
    async (one) => {
      const tiny = one.detector();
      const trained = tiny.initialState(1);
      const { encoded, preprocessing, inputs } = exportModel(tiny, trained);
      const { differences } = await parity({ detector: tiny, state: trained, encoded });
      expect(Object.keys(differences)).toContain("predictionError");
      expect(preprocessing.window.framesBefore).toBe(tiny.windowFrames - 1);
      expect(inputs.some(({ name }) => name === "frames")).toBe(tiny.windowFrames > 1);
    },
  );

  it("keeps every trained number: weights and statistics in one file, the memory in another", () => {
    const kept = exported.tensorFiles.map(({ content }) => decodeSafetensors(Buffer.concat(content)).tensors);
    expect(exported.tensorFiles.map(({ name }) => name)).toEqual([
      "weights.safetensors",
      "memory.safetensors",
    ]);
    expect(Object.assign({}, ...kept)).toEqual(detector.deployable(state));
    expect(kept[1]).toHaveProperty(["memory/items"]);
  });

  it.each([1, 3] as const)("scores as the eager reference does, frames of %d channels", async (channels) => {
    const clip = movingSquare({ size: 16, frameCount: 20, channels });
    const { frames, differences } = await parity({ device: reference, clip });
    expect(frames).toBe(16);
    expect(Object.keys(differences).sort()).toEqual([...OUTPUTS].sort());
    for (const difference of Object.values(differences)) expect(difference).toBeLessThan(1e-5);
  });

  it("is compared on as many frames where the clip is as short as a clip may be", async () => {
    const { frames } = await parity({ clip: movingSquare({ size: 16, frameCount: 5 }) });
    expect(frames).toBe(16);
  });

  it("does not pass where an output differs by more than 1e-4, and says which and by how much", async () => {
    const device = skewed("featureDistance", (value) => value + 0.01);
    await expect(parity({ device })).rejects.toMatchObject({
      code: "EXPORT_MISMATCH",
      message: expect.stringMatching(/"featureDistance" differs by 0\.0100/),
    });
    expect(await parity({ device: skewed("errorMap", (value) => value + 5e-5) })).toMatchObject({
      differences: { errorMap: expect.closeTo(5e-5, 6) },
    });
  });

  it("does not pass where an output is not a number", async () => {
    const device = skewed("regularScore", () => Number.NaN);
    await expect(parity({ device })).rejects.toThrow(/"regularScore" is not a number/);
  });

  it("ends within a frame when it is canceled", async () => {
    const stop = new AbortController();
    const seen: number[] = [];
    const onProgress = ({ done }: { done: number }) => {
      seen.push(done);
      stop.abort();
    };
    await expect(parity({ signal: stop.signal, onProgress })).rejects.toMatchObject({ code: "CANCELED" });
    expect(seen).toEqual([1]);
  });
});
