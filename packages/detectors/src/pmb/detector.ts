// PMB as a detector: a picture is rebuilt from itself, through memories of its parts.
import { AppError, LANES, type PmbHyperparameters, WINDOW_FRAMES } from "@engram/core";
import { adamInitialState, adamStateSpecs, sizeOf, type TensorData, type TensorSpec } from "@engram/engine";
import { mulberry32, uniformArray } from "@engram/numerics";
import { type Detector, deployable } from "../detector.ts";
import { countParameters } from "../layers/layer.ts";
import { drawNetwork, networkSpecs, trainedParameters } from "../layers/state.ts";
import { cosineLearningRate } from "../schedule.ts";
import { levelShapes, parseBridges, pmbLayers } from "./layers.ts";
import { itemsOf } from "./network.ts";
import { scoreStep } from "./score-step.ts";
import { trainStep } from "./train-step.ts";

/**
 * Xing, Li, "Visual Anomaly Detection via Partition Memory Bank Module and Error Estimation", IEEE TCSVT 33(8), 2023,
 * as far as it is known: its code was not published, and no parity with it is claimed.
 *
 * @throws AppError BAD_INPUT where a level with a memory cannot be cut into `grid` × `grid` cells, or where no share could
 *   come above `shrink`
 */
export function pmbDetector(hyperparameters: PmbHyperparameters): Detector {
  const { width, levels, learningRate, epochs } = hyperparameters;
  const layers = pmbLayers(width, parseBridges(levels));
  requireReadable(hyperparameters);
  const items = itemSpecs(hyperparameters);
  const specs = { ...networkSpecs(layers), ...items };
  const trained = { ...trainedParameters(layers), ...items };
  const itemCount = Object.values(items).reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  return {
    architecture: "PMB",
    hyperparameters,
    windowFrames: WINDOW_FRAMES.PMB,
    scoredFrame: 0,
    trainingStride: 1,
    lanes: LANES.PMB,
    losses: ["entropy"],
    parameterCount: countParameters(layers) + itemCount,
    gate: null,
    modelSpecs: specs,
    memorySpecs: {},
    learningRateOf: (epoch) => cosineLearningRate(learningRate, epoch, epochs),
    initialState(seed) {
      const next = mulberry32(seed);
      const network = drawNetwork(layers, next);
      const banks: Record<string, TensorData> = {};
      for (const [name, spec] of Object.entries(items)) {
        const bound = 1 / Math.sqrt(spec.shape[2]!);
        banks[name] = { ...spec, data: uniformArray(sizeOf(spec.shape), next, -bound, bound) };
      }
      return { ...adamInitialState(trained), ...network, ...banks };
    },
    trainStep: (channels) =>
      trainStep(
        layers,
        { ...specs, ...adamStateSpecs(trained) },
        Object.keys(trained),
        hyperparameters,
        channels,
      ),
    scoreStep: (model, channels) => scoreStep(layers, hyperparameters, Object.keys(items), model, channels),
    deployable: (state) => deployable(specs, state),
  };
}

/** The memories: items of G·G cells, N a cell, as long as a cell has positions. */
function itemSpecs({ size, width, levels, grid, items }: PmbHyperparameters): Record<string, TensorSpec> {
  const specs: Record<string, TensorSpec> = {};
  const shapes = levelShapes(size, width);
  for (const [index, bridge] of parseBridges(levels).entries()) {
    if (bridge !== "pmb") continue;
    const { side } = shapes[index]!;
    if (side % grid !== 0) {
      const problem = `level ${index + 1} has ${side}×${side} positions, which do not divide into ${grid}×${grid} cells`;
      throw new AppError("BAD_INPUT", `hyperparameters.grid: ${problem}.`, { field: "hyperparameters.grid" });
    }
    specs[itemsOf(index + 1)] = { shape: [grid * grid, items, (side / grid) ** 2], dtype: "float32" };
  }
  return specs;
}

/** The largest share there can be is that of an item whose cosine is 1 where all others' are −1. */
function requireReadable({ items, sharpness, shrink }: PmbHyperparameters): void {
  const largest = 1 / (1 + (items - 1) * Math.exp(-2 * sharpness));
  if (shrink < largest) return;
  const problem = `no share of ${items} items at sharpness ${sharpness} can be above ${shrink}, so nothing would ever be read`;
  throw new AppError("BAD_INPUT", `hyperparameters.shrink: ${problem}.`, { field: "hyperparameters.shrink" });
}
