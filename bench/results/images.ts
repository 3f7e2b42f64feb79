// What is trained for the table of pictures: PMB's parts taken away one by one, on two sets of defects.
import { join } from "node:path";
import { type PmbHyperparameters, resolveHyperparameters, type TrainingMetrics } from "@engram/core";
import { createDetector, readModelCheckpoint } from "@engram/detectors";
import { openDevice } from "@engram/engine";
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
  epochs: 80,
  shiftPixels: 4,
  seed: 0,
};

const SETS = [
  { name: "battery_weld", folder: "data/battery_weld/welding", flips: { flipVertical: true } },
  {
    name: "hazelnut_toy",
    folder: "data/hazelnut_toy",
    flips: { flipHorizontal: true, flipVertical: true },
  },
] as const;

const VARIANTS = [
  { name: "plain autoencoder", levels: "none,none,none,none", stains: 3 },
  { name: "PMB and skips alternating", levels: "skip,pmb,skip,pmb", stains: 3 },
  { name: "skips", levels: "skip,skip,skip,skip", stains: 3 },
  { name: "PMB", levels: "none,pmb,none,pmb", stains: 3 },
  { name: "plain autoencoder", levels: "none,none,none,none", stains: 0 },
  { name: "PMB and skips alternating", levels: "skip,pmb,skip,pmb", stains: 0 },
] as const;

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
  readonly variant: string;
  readonly hyperparameters: PmbHyperparameters;
  readonly dataChecksum: string;
  readonly device: string;
  readonly metrics: TrainingMetrics;
}

export async function runImages({
  folder,
  only,
  threads,
  signal,
  report,
}: ImagesOptions): Promise<ImagesRun[]> {
  const device = await openDevice("onnx-cpu", { ...(threads !== undefined && { threads }) });
  const runs: ImagesRun[] = [];
  try {
    for (const set of SETS) {
      const data = sharedPath(set.folder);
      if (data === null) throw new Error(`${set.name} is needed: see ENGRAM_SHARED in CONTRIBUTING.md.`);
      const dataChecksum = await checksum(data);
      for (const { name: variant, levels, stains } of VARIANTS) {
        const name = `${set.name}/${levels.replaceAll(",", "-")}-${stains}`;
        if (only !== null && !name.startsWith(only)) continue;
        const hyperparameters = resolveHyperparameters("PMB", "tiny", {
          ...{ ...RECIPE, ...set.flips, levels, stains },
        });
        const detector = createDetector("PMB", hyperparameters);
        const images = await readImageSet(data, hyperparameters.size);
        const settings = { ...trainingPart(hyperparameters), dataChecksum };
        const run = new RunFolder(join(folder, "images", name), settings);
        let { modelHash, metrics } = await run.readState();
        const work = { detector, run, device, signal, report: (text: string) => report(`${name}: ${text}`) };
        if (modelHash === null || metrics === null) {
          ({ modelHash, metrics } = await train(work, [images.training]));
        }
        const { state } = await readModelCheckpoint(await run.blobs.openFolder(modelHash));
        const scores = await scoreImages(detector, state, images, device, signal);
        const description = device.description;
        runs.push({
          ...{ name, set: set.name, variant, hyperparameters, dataChecksum },
          ...{ device: description, metrics, ...scores },
        });
      }
    }
  } finally {
    await device.dispose();
  }
  return runs;
}

/** What decides the model: error maps are corrected afterwards. */
function trainingPart(hyperparameters: PmbHyperparameters): Partial<PmbHyperparameters> {
  const { backgroundMethod, backgroundShare, backgroundQuantile, ...others } = hyperparameters;
  return others;
}
