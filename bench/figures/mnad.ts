// MNAD: which item each place of a frame is nearest to, beside the frame, its error and the clip's timeline.
import { type MnadHyperparameters, WINDOW_FRAMES } from "@engram/core";
import { ops, type Step, type TensorDataMap } from "@engram/engine";
// Figures look inside: what a network makes of a frame is no output of the platform's steps.
import { inputOf, windowSpecs } from "../../packages/detectors/src/frames.ts";
import { foldWeights, scoringLayers, toNetworkRange } from "../../packages/detectors/src/layers/run-layer.ts";
import {
  type MnadVariant,
  mnadLayers,
  PREDICTION,
  RECONSTRUCTION,
} from "../../packages/detectors/src/mnad/layers.ts";
import { address, read, toQueries } from "../../packages/detectors/src/mnad/memory.ts";
import { rebuild } from "../../packages/detectors/src/mnad/network.ts";
import { MEMORY } from "../../packages/detectors/src/mnad/state.ts";
import { encode } from "../../packages/detectors/src/u-net/network.ts";
import { type Panel, panelRow, shareBars } from "./blocks.ts";
import { type Block, renderFigure } from "./canvas.ts";
import {
  clipTimeline,
  frameOf,
  frameRow,
  middleOfAnomaly,
  openLook,
  roundUp,
  SCENE_ASPECT,
  type ScoredClip,
  scoreClip,
} from "./clip-figure.ts";
import type { Figures, Tools } from "./figure.ts";
import { COLOURS, heat, pictureOf, tinted } from "./pictures.ts";

const CLIP = "01-cyclist";

export async function drawMnad(tools: Tools): Promise<Figures> {
  return {
    "mnad-prediction.png": await drawVariant(PREDICTION, tools, "Predicted from the four before"),
    "mnad-reconstruction.png": await drawVariant(RECONSTRUCTION, tools, "Rebuilt"),
  };
}

async function drawVariant(variant: MnadVariant, { train, device }: Tools, made: string): Promise<Buffer> {
  const trained = await train(variant.architecture);
  const { detector, state, calibration } = trained;
  const hyperparameters = detector.hyperparameters as MnadHyperparameters;
  const { size } = hyperparameters;
  const clip = await scoreClip(trained, device, CLIP);
  const frame = middleOfAnomaly(clip);
  const look = await openLook(detector, device, lookStep(variant, hyperparameters, state));
  const outputs = await look.at(clip.source, frame);
  const shown = { clip, frame, size };
  const seen = await frameOf(clip, frame);
  const blocks: Block[] = [
    await frameRow(shown, { seen: `Frame ${frame}`, made }, seen, outputs.made as Float32Array),
  ];
  if (variant === PREDICTION) blocks.push(await memoryRow(clip, frame, hyperparameters, look));
  blocks.push(
    clipTimeline(calibration, shown, ["PSNR", "FEATURE_DISTANCE", "REGION_ERROR", "CORRECTED_ERROR"]),
  );
  await look.dispose();
  return renderFigure(blocks);
}

type Look = Awaited<ReturnType<typeof openLook>>;

/** The item of each query in a normal frame and in the abnormal one, how far it is, and how often each is nearest. */
async function memoryRow(
  clip: ScoredClip,
  frame: number,
  { size, items }: MnadHyperparameters,
  look: Look,
): Promise<Block> {
  const normalFrames = [...clip.frames.keys()].filter((index) => clip.labels[index] === 0);
  const normalFrame = normalFrames[Math.floor(normalFrames.length / 4)]!;
  const tint = async (index: number): Promise<Panel["content"]> => {
    const { nearest } = await look.at(clip.source, index);
    return tinted(pictureOf(await frameOf(clip, index), size), nearest!);
  };
  const { nearest, distance } = await look.at(clip.source, frame);
  const inNormal = new Float64Array(items);
  for (const index of normalFrames) addCounts(inNormal, (await look.at(clip.source, index)).nearest!);
  const inFrame = addCounts(new Float64Array(items), nearest!);
  const total = (counts: Float64Array) => counts.reduce((sum, count) => sum + count, 0);
  const bars = COLOURS.map((colour, item) => ({
    colour,
    share: inNormal[item]! / total(inNormal),
    other: inFrame[item]! / total(inFrame),
  }));
  const largest = roundUp(Math.max(...(distance as Float32Array)));
  const panels: Panel[] = [
    { title: `Nearest items, normal frame ${normalFrame}`, content: await tint(normalFrame) },
    { title: `Nearest items, frame ${frame}`, content: await tint(frame) },
    { title: "Distance from item", content: heat(distance!, size / 8, largest), largest },
    { title: "Share of each item, %", content: shareBars(bars) },
  ];
  return panelRow(panels, SCENE_ASPECT);
}

function addCounts(counts: Float64Array, indices: ArrayLike<number>): Float64Array {
  for (let i = 0; i < indices.length; i++) counts[indices[i]!]! += 1;
  return counts;
}

/** Outputs: `made` [1, size, size, 3] in [0, 1]; `nearest` [N], the item nearest to each query, and `distance` [N] from it. */
function lookStep(variant: MnadVariant, { size, width }: MnadHyperparameters, model: TensorDataMap): Step {
  const layers = mnadLayers(variant, width);
  return {
    name: "mnad-look",
    state: {},
    constants: { ...foldWeights(layers, model, 3), [MEMORY]: model[MEMORY]! },
    batch: windowSpecs(1, { size, channels: 3, windowFrames: WINDOW_FRAMES[variant.architecture] }),
    scalars: [],
    run({ constants, batch }) {
      const run = scoringLayers(layers, constants);
      const items = constants[MEMORY] as ops.Tensor2D;
      const encoding = encode(run, toNetworkRange(inputOf(batch)));
      const queries = toQueries(encoding.features);
      const addressing = address(queries, items);
      const frame = rebuild(run, variant, encoding, read(queries, items, addressing));
      const difference = ops.sub(queries, ops.matMul(addressing.nearest, items));
      return {
        state: {},
        outputs: {
          made: ops.div(ops.add(frame, 1), 2),
          nearest: ops.argMax(addressing.itemShares, 1),
          distance: ops.sqrt(ops.sum(ops.square(difference), 1)),
        },
      };
    },
  };
}
