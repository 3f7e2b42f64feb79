// The architectures that can be trained, small enough for the reference device: what the tests of trust run over.
import type { TrainableArchitecture } from "@engram/core";
import type { TensorDataMap } from "@engram/engine";
import { mulberry32 } from "@engram/numerics";
import type { Detector } from "../detector.ts";
import { tinyDetector, tinyDetectorOf } from "./tiny.ts";

export interface TinyArchitecture {
  readonly architecture: TrainableArchitecture;
  detector(overrides?: { readonly epochs?: number }): Detector;
  /**
   * A state around which the loss is smooth, and in which nothing that carries no gradient by design reaches it: where
   * finite differences must equal gradients.
   */
  smoothState(detector: Detector): TensorDataMap;
}

export const ARCHITECTURES: readonly TinyArchitecture[] = [
  { architecture: "MNAD_PREDICTION", detector: tinyDetector, smoothState: smoothMnadState },
  {
    architecture: "MNAD_RECONSTRUCTION",
    // At the others' rate its losses bounce: rounding grows threefold a step, on every device.
    detector: (given) => tinyDetectorOf("MNAD_RECONSTRUCTION", { items: 3, learningRate: 5e-4, ...given }),
    smoothState: smoothMnadState,
  },
  {
    architecture: "MEMAE",
    detector: (given) =>
      tinyDetectorOf("MEMAE", { ...SOFT_MEMORY, width: 3, stride: 1, learningRate: 5e-4, ...given }),
    smoothState: smoothMemaeState,
  },
  {
    architecture: "MEMAE_IMAGE",
    // Four pictures of one position each at the memory: two would be normalized to signs.
    detector: (given) =>
      tinyDetectorOf("MEMAE_IMAGE", { ...SOFT_MEMORY, batchSize: 4, learningRate: 5e-4, ...given }),
    smoothState: smoothMemaeState,
  },
  {
    architecture: "MPN",
    detector: (given) => tinyDetectorOf("MPN", { prototypes: 3, learningRate: 5e-4, ...given }),
    smoothState: smoothMpnState,
  },
  {
    architecture: "PMB",
    // Four pictures, as the deepest level of 16×16 pixels has one position: two would be normalized to signs.
    detector: (given) =>
      tinyDetectorOf("PMB", {
        ...SOFT_MEMORY,
        ...{ levels: "pmb,pmb,skip,none", grid: 2, sharpness: 2, stains: 1 },
        ...{ batchSize: 4, learningRate: 5e-4, ...given },
      }),
    smoothState: smoothPmbState,
  },
];

/** No share comes near the shrinkage, where it jumps, and the entropy has a say in the loss. */
const SOFT_MEMORY = { items: 3, shrink: 0.01, lossEntropy: 0.1 };

/**
 * Shifts of ±4 take every ReLU away from its kink: three of four channels on, the fourth off. What is read from the
 * memory by shares without gradient has no weight in `deconv4.1`. The upsampled halves weigh more than the skips, so
 * that gradients of the deep layers stand out of float32's rounding; the last layer weighs less and keeps off tanh's ends.
 */
function smoothMnadState(detector: Detector): TensorDataMap {
  const draw = mulberry32(1);
  const change: Record<string, (value: number, channel: number, isSecondHalf: boolean) => number> = {
    gamma: () => 0.8 + 0.4 * draw(),
    beta: (_, channel) => (channel % 4 === 3 ? -4 : 4) + 0.1 * draw(),
    "deconv4.1/filter": (value, _, isSecondHalf) => (isSecondHalf ? 0 : value),
    "deconv3.1/filter": (value, _, isSecondHalf) => (isSecondHalf ? 4 * value : value),
    "deconv2.1/filter": (value, _, isSecondHalf) => (isSecondHalf ? 4 * value : value),
    "deconv1.1/filter": (value, _, isSecondHalf) => (isSecondHalf ? 4 * value : value),
    "deconv1.3/filter": (value) => 0.2 * value,
  };
  const entries = Object.entries(detector.initialState(3)).map(([name, tensor]) => {
    const changed = name.startsWith("adam.") ? undefined : (change[name] ?? change[name.split("/")[1]!]);
    if (changed === undefined) return [name, tensor];
    const outputs = tensor.shape.at(-1)!;
    const inputs = tensor.shape.at(-2) ?? 1;
    const data = Float32Array.from(tensor.data, (value, index) =>
      changed(value, index % outputs, Math.floor(index / outputs) % inputs >= inputs / 2),
    );
    return [name, { ...tensor, data }];
  });
  return Object.fromEntries(entries);
}

/** Shifts of ±4 take every leaky ReLU away from its kink, filters of a size give the deep layers gradients of one. */
function smoothMemaeState(detector: Detector): TensorDataMap {
  const draw = mulberry32(1);
  const entries = Object.entries(detector.initialState(3)).map(([name, tensor]) => {
    const change = (value: number, index: number) => {
      if (name.startsWith("adam.")) return value;
      if (name.endsWith("/filter")) return 4 * value;
      if (name.endsWith("/beta")) return (index % 4 === 3 ? -4 : 4) + 0.1 * draw();
      return value;
    };
    return [name, { ...tensor, data: Float32Array.from(tensor.data, change) }];
  });
  return Object.fromEntries(entries);
}

/**
 * Shifts of ±4 take every ReLU away from its kink. Where levels are joined the upsampled half weighs more, so that the deep
 * layers' gradients stand out of float32's rounding. The deepest pool chooses among four values a channel, which larger
 * filters keep from changing places within a step.
 */
function smoothPmbState(detector: Detector): TensorDataMap {
  const draw = mulberry32(1);
  const entries = Object.entries(detector.initialState(3)).map(([name, tensor]) => {
    const [outputs, inputs] = [tensor.shape.at(-1)!, tensor.shape.at(-2) ?? 1];
    const isJoined = /^deconv[123]\.1\/filter$/.test(name);
    const change = (value: number, index: number) => {
      if (name.startsWith("adam.")) return value;
      if (name.endsWith("/gamma")) return 0.8 + 0.4 * draw();
      if (name.endsWith("/beta")) return (index % 4 === 3 ? -4 : 4) + 0.1 * draw();
      if (name === "conv4.1/filter") return 4 * value;
      if (name.startsWith("deconv0.1/")) return 0.5 * value;
      return isJoined && Math.floor(index / outputs) % inputs >= inputs / 2 ? 8 * value : value;
    };
    return [name, { ...tensor, data: Float32Array.from(tensor.data, change) }];
  });
  return Object.fromEntries(entries);
}

/** Without batch normalization it is the biases that take every ReLU away from its kink; filters stay small beside them. */
function smoothMpnState(detector: Detector): TensorDataMap {
  const entries = Object.entries(detector.initialState(3)).map(([name, tensor]) => {
    const isLast = /^(conv4\.2|deconv1\.3)\//.test(name);
    if (name.startsWith("adam.") || isLast) return [name, tensor];
    const change = (value: number, index: number) => {
      if (name.endsWith("/filter")) return 0.5 * value;
      if (name.endsWith("/bias")) return value + (index % 4 === 3 ? -1.5 : 1.5);
      return value;
    };
    return [name, { ...tensor, data: Float32Array.from(tensor.data, change) }];
  });
  return Object.fromEntries(entries);
}
