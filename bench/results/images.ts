// What is trained for the table of pictures: PMB's parts taken away one by one, on two sets of defects.
import { join } from "node:path";
import { type PmbHyperparameters, resolveHyperparameters, type TrainingMetrics } from "@engram/core";
import { createDetector, readModelCheckpoint } from "@engram/detectors";
import { type Device, openDevice } from "@engram/engine";
import { sharedPath } from "@engram/testkit";
import { checksum } from "../data/checksum.ts";
import { readImageSet } from "../data/image-set.ts";
import { type ImageScores, scoreImages } from "./image-figures.ts";
import { RunFolder } from "./run-folder.ts";
import { train } from "./train-run.ts";

/** The same for all: what a picture may be turned into without becoming abnormal differs from set to set. */
const RECIPE: Partial<PmbHyperparameters> = {
  size: 64,
  width: 12,
  grid: 2,
  shiftPixels: 4,
  seed: 0,
};

const SETS = [
  { name: "battery_weld", folder: "data/battery_weld/welding", recipe: { epochs: 80, flipVertical: true } },
  {
    name: "hazelnut_toy",
    folder: "data/hazelnut_toy",
    recipe: { epochs: 100, flipHorizontal: true, flipVertical: true },
  },
] as const;

const NETWORKS = [
  { network: "plain autoencoder", levels: "none,none,none,none" },
  { network: "skips", levels: "skip,skip,skip,skip" },
  { network: "PMB", levels: "none,pmb,none,pmb" },
  { network: "PMB and skips alternating", levels: "skip,pmb,skip,pmb" },
] as const;

/** To be taken away again in training, or none: plain reconstruction. */
const STAINS = [3, 0] as const;

const PLANS = STAINS.flatMap((stains) => NETWORKS.map((network) => ({ ...network, stains })));

export interface ImagesOptions {
  /** where runs are kept */
  readonly folder: string;
  /** null: all */
  readonly only: string | null;
  /** of the device */
  readonly threads?: number;
  readonly signal: AbortSignal;
  readonly report: (message: string) => void;
}

export interface ImagesRun extends ImageScores {
  readonly name: string;
  readonly set: string;
  readonly network: string;
  readonly hyperparameters: PmbHyperparameters;
  readonly dataChecksum: string;
  readonly device: string;
  readonly metrics: TrainingMetrics;
}

export async function runImages(options: ImagesOptions): Promise<ImagesRun[]> {
  const { only, threads } = options;
  const device = await openDevice("onnx-cpu", { ...(threads !== undefined && { threads }) });
  const runs: ImagesRun[] = [];
  try {
    for (const set of SETS) {
      const data = sharedPath(set.folder);
      if (data === null) throw new Error(`${set.name} is needed: see ENGRAM_SHARED in CONTRIBUTING.md.`);
      const dataChecksum = await checksum(data);
      for (const { network, levels, stains } of PLANS) {
        const name = `${set.name}/${levels.replaceAll(",", "-")}-${stains}`;
        if (only !== null && !name.startsWith(only)) continue;
        const hyperparameters = resolveHyperparameters("PMB", "tiny", {
          ...{ ...RECIPE, ...set.recipe, levels, stains },
        });
        const known = { name, set: set.name, network, hyperparameters, dataChecksum };
        runs.push({ ...known, ...(await trainAndScore(known, data, device, options)) });
      }
    }
  } finally {
    await device.dispose();
  }
  return runs;
}

async function trainAndScore(
  { name, hyperparameters, dataChecksum }: Pick<ImagesRun, "name" | "hyperparameters" | "dataChecksum">,
  data: string,
  device: Device,
  { folder, signal, report }: ImagesOptions,
): Promise<ImageScores & Pick<ImagesRun, "device" | "metrics">> {
  const detector = createDetector("PMB", hyperparameters);
  const images = await readImageSet(data, hyperparameters.size);
  const run = new RunFolder(join(folder, "images", name), { ...trainingPart(hyperparameters), dataChecksum });
  let { modelHash, metrics } = await run.readState();
  if (modelHash === null || metrics === null) {
    const work = { detector, run, device, signal, report: (text: string) => report(`${name}: ${text}`) };
    ({ modelHash, metrics } = await train(work, [images.training]));
  }
  const { state } = await readModelCheckpoint(await run.blobs.openFolder(modelHash));
  const scores = await scoreImages(detector, state, images, device, signal);
  return { device: device.description, metrics, ...scores };
}

/** What decides the model: error maps are corrected afterwards. */
function trainingPart(hyperparameters: PmbHyperparameters): Partial<PmbHyperparameters> {
  const { backgroundMethod, backgroundShare, backgroundQuantile, ...others } = hyperparameters;
  return others;
}
