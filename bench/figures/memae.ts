// MemAE over windows: which of its items the queries of normal windows read and which those of the abnormal one, beside the
// frame, its error and the clip's timeline.
import { type MemaeHyperparameters, WINDOW_FRAMES } from "@engram/core";
import { ops, type Step, type TensorDataMap } from "@engram/engine";
// Figures look inside: what a network makes of a frame is no output of the platform's steps.
import { windowSpecs } from "../../packages/detectors/src/frames.ts";
import { foldWeights, scoringLayers } from "../../packages/detectors/src/layers/run-layer.ts";
import { layersOf } from "../../packages/detectors/src/memae/layers.ts";
import { itemShares } from "../../packages/detectors/src/memae/memory.ts";
import { MEMORY, rebuild } from "../../packages/detectors/src/memae/network.ts";
import { VIDEO } from "../../packages/detectors/src/memae/variants.ts";
import { itemColumns } from "./blocks.ts";
import { renderFigure } from "./canvas.ts";
import { clipTimeline, frameRow, middleOfAnomaly, openLook, scoreClip } from "./clip-figure.ts";
import type { Figures, Tools } from "./figure.ts";

const CLIP = "02-cart";

export async function drawMemae({ train, device }: Tools): Promise<Figures> {
  const trained = await train("MEMAE");
  const { detector, state, calibration } = trained;
  const hyperparameters = detector.hyperparameters as MemaeHyperparameters;
  const { size, items } = hyperparameters;
  const clip = await scoreClip(trained, device, CLIP);
  const frame = middleOfAnomaly(clip);
  const look = await openLook(detector, device, lookStep(hyperparameters, state));
  const { seen, made, shares } = await look.at(clip.source, frame);
  const normal = new Float64Array(items);
  const normalFrames = [...clip.frames.keys()].filter((index) => clip.labels[index] === 0);
  for (const index of normalFrames) {
    const { shares } = await look.at(clip.source, index);
    for (let item = 0; item < items; item++) normal[item]! += shares![item]! / normalFrames.length;
  }
  await look.dispose();
  const shown = { clip, frame, size };
  const figure = await renderFigure([
    await frameRow(shown, { seen: `Frame ${frame}, grey`, made: "Rebuilt from items" }, seen!, made!),
    itemColumns([
      { title: `Share of each of ${items} items, windows of normal frames`, shares: normal },
      { title: `the window of frame ${frame}`, shares: shares! },
    ]),
    clipTimeline(calibration, shown, ["ABSOLUTE_ERROR", "REGION_ERROR", "CORRECTED_ERROR"]),
  ]);
  return { "memae.png": figure };
}

/** Outputs: `seen` and `made` [1, size, size, 1], the scored frame in [0, 1]; `shares` [items], each one's part in what was read. */
function lookStep(hyperparameters: MemaeHyperparameters, model: TensorDataMap): Step {
  const { size, width } = hyperparameters;
  const network = VIDEO.layers(width);
  const layers = layersOf(network);
  const toPixels = (frame: ops.Tensor4D) => ops.div(ops.add(frame, 1), 2);
  return {
    name: "memae-look",
    state: {},
    constants: { ...foldWeights(layers, model, 3), [MEMORY]: model[MEMORY]! },
    batch: windowSpecs(1, { size, channels: 3, windowFrames: WINDOW_FRAMES.MEMAE }),
    scalars: [],
    run({ constants, batch }) {
      const run = scoringLayers<ops.Tensor5D>(layers, constants);
      const input = VIDEO.toNetwork(batch, 3);
      const items = constants[MEMORY] as ops.Tensor2D;
      const { output, shares } = rebuild(run, network, input, items, hyperparameters);
      return {
        state: {},
        outputs: {
          seen: toPixels(VIDEO.frameOf(input)),
          made: toPixels(VIDEO.frameOf(output)),
          shares: itemShares(shares),
        },
      };
    },
  };
}
