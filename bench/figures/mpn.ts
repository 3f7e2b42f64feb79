// MPN: which prototype each pixel is nearest to and where the heads that made them looked, beside the frame, its error and
// the clip's timeline.
import { type MpnHyperparameters, WINDOW_FRAMES } from "@engram/core";
import { ops, type Step, type TensorDataMap } from "@engram/engine";
// Figures look inside: what a network makes of a frame is no output of the platform's steps.
import { inputOf, windowSpecs } from "../../packages/detectors/src/frames.ts";
import { foldWeights, scoringLayers, toNetworkRange } from "../../packages/detectors/src/layers/run-layer.ts";
import { HEADS, mpnLayers, predict } from "../../packages/detectors/src/mpn/network.ts";
import { type Panel, panelRow, shareBars } from "./blocks.ts";
import { renderFigure } from "./canvas.ts";
import {
  clipTimeline,
  frameOf,
  frameRow,
  middleOfAnomaly,
  openLook,
  roundUp,
  SCENE_ASPECT,
  scoreClip,
} from "./clip-figure.ts";
import type { Figures, Tools } from "./figure.ts";
import { COLOURS, heat, pictureOf, tinted } from "./pictures.ts";

const CLIP = "01-cyclist";

export async function drawMpn({ train, device }: Tools): Promise<Figures> {
  const trained = await train("MPN");
  const { detector, state, calibration } = trained;
  const hyperparameters = detector.hyperparameters as MpnHyperparameters;
  const { size } = hyperparameters;
  const clip = await scoreClip(trained, device, CLIP);
  const frame = middleOfAnomaly(clip);
  const look = await openLook(detector, device, lookStep(hyperparameters, state));
  const { made, nearest, distance, attention } = await look.at(clip.source, frame);
  await look.dispose();
  const shown = { clip, frame, size };
  const seen = await frameOf(clip, frame);
  const largestDistance = roundUp(Math.max(...(distance as Float32Array)));
  const largestAttention = roundUp(Math.max(...(attention as Float32Array)));
  const panels: Panel[] = [
    {
      title: "Where the heads look",
      content: heat(attention!, size, largestAttention),
      largest: largestAttention,
    },
    { title: "Nearest prototypes", content: tinted(pictureOf(seen, size), nearest!) },
    {
      title: "Distance from it",
      content: heat(distance!, size, largestDistance),
      largest: largestDistance,
    },
    { title: "Share of each prototype, %", content: shareBars(sharesOf(nearest!)) },
  ];
  const titles = { seen: `Frame ${frame}`, made: "Predicted from the four before" };
  const figure = await renderFigure([
    await frameRow(shown, titles, seen, made!),
    await panelRow(panels, SCENE_ASPECT),
    clipTimeline(calibration, shown, ["PSNR", "FEATURE_PSNR", "REGION_ERROR", "CORRECTED_ERROR"]),
  ]);
  return { "mpn.png": figure };
}

function sharesOf(nearest: ArrayLike<number>) {
  return COLOURS.map((colour, prototype) => {
    const count = Array.from(nearest).filter((index) => index === prototype).length;
    return { colour, share: count / nearest.length };
  });
}

/**
 * Outputs: `made` [1, size, size, 3] in [0, 1]; `nearest` [N], the prototype nearest to each pixel, and `distance` [N] from
 * it; `attention` [N], the largest share that any head gives to the pixel, times N: 1 where heads look everywhere alike.
 */
function lookStep({ size, width }: MpnHyperparameters, model: TensorDataMap): Step {
  const layers = mpnLayers(width);
  return {
    name: "mpn-look",
    state: {},
    constants: { ...foldWeights(layers, model, 3), [HEADS]: model[HEADS]! },
    batch: windowSpecs(1, { size, channels: 3, windowFrames: WINDOW_FRAMES.MPN }),
    scalars: [],
    run({ constants, batch }) {
      const run = scoringLayers(layers, constants);
      const heads = constants[HEADS] as ops.Tensor2D;
      const { frame, features, prototyping } = predict(run, toNetworkRange(inputOf(batch)), heads);
      const { keys, nearest } = prototyping;
      const difference = ops.sub(features, ops.matMul(nearest, keys));
      const rows: ops.Tensor2D = ops.reshape(features, [size * size, features.shape[2]]);
      const shares = ops.softmax(ops.matMul(heads, rows, false, true) as ops.Tensor2D, 1);
      return {
        state: {},
        outputs: {
          made: ops.div(ops.add(frame, 1), 2),
          nearest: ops.argMax(ops.reshape(nearest, [size * size, heads.shape[0]]), 1),
          distance: ops.sqrt(ops.sum(ops.square(difference), [0, 2])),
          attention: ops.mul(ops.max(shares, 0), size * size),
        },
      };
    },
  };
}
