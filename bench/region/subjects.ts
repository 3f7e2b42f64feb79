// What is compared: test clips with their labels and raw lanes, as a platform's scoring run would store them.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Calibration, resolveHyperparameters } from "@engram/core";
import { createDetector, readPublishedWeights } from "@engram/detectors";
import { openDevice } from "@engram/engine";
import { sharedPath } from "@engram/testkit";
import { readClips } from "../data/frame-folders.ts";
import { type ScoredClip, scoreClips, scoreSources } from "../data/score-clips.ts";
import { trainOnScene } from "../data/train-on-scene.ts";
import { measureForms } from "./forms.ts";
import { hastenPlaces, pasteAnomalies } from "./pasted.ts";

export interface Subject {
  readonly description: string;
  readonly clips: readonly ScoredClip[];
  /** null: no frame is normal and unseen by training */
  readonly calibration: Calibration["samples"] | null;
}

type Report = (message: string) => void;

/** Ped2's test clips by the weights that the published code was trained to, at half its width. */
export function scorePed2(report: Report): Promise<Subject> {
  return scoreByReference("Ped2", report, (tools, folder) => scoreClips({ ...tools, folder }));
}

/** Ped2's training clips, all normal, with pieces of each other pasted in, by the same weights. */
export function scorePasted(report: Report, seed: number): Promise<Subject> {
  return scoreByReference("Pieces pasted into Ped2's training clips", report, async (tools, folder) => {
    const { size } = tools.detector.hyperparameters;
    const clips = await readClips(join(folder, "training/frames"), size);
    return scoreSources(tools, await pasteAnomalies(clips, size, seed));
  });
}

/** Ped2's training clips with places where time runs fast, by the same weights. */
export function scoreHastened(report: Report, seed: number): Promise<Subject> {
  return scoreByReference(
    "Places in Ped2's training clips at three times the speed",
    report,
    async (tools, folder) => {
      const { size } = tools.detector.hyperparameters;
      const clips = await readClips(join(folder, "training/frames"), size);
      return scoreSources(tools, await hastenPlaces(clips, size, seed));
    },
  );
}

type Tools = Parameters<typeof scoreSources>[0];

async function scoreByReference(
  name: string,
  report: Report,
  score: (tools: Tools, folder: string) => Promise<ScoredClip[]>,
): Promise<Subject> {
  const folder = sharedPath("data/ped2");
  const weights = sharedPath("reference/mnad_compact_reference.safetensors");
  if (folder === null || weights === null) throw new Error("Ped2 and the reference's weights are needed.");
  const detector = createDetector("MNAD_PREDICTION", resolveHyperparameters("MNAD_PREDICTION", "compact"));
  const { width, size } = detector.hyperparameters;
  const { state } = readPublishedWeights(await readFile(weights));
  const device = await openDevice("onnx-cpu");
  try {
    const clips = await score({ detector, state, device, report, measure: measureForms }, folder);
    const description = `${name}, weights of the published code at ${size}×${size} and width ${width}; ${countsOf(clips)}.`;
    return { description, clips, calibration: null };
  } finally {
    await device.dispose();
  }
}

/** The synthetic scene by a detector of the preset "tiny", trained on 90 % of each training clip. */
export async function scoreScene(report: Report, seed: number): Promise<Subject> {
  const device = await openDevice("onnx-cpu");
  try {
    const trained = await trainOnScene("MNAD_PREDICTION", { device, seed, report });
    const { detector, state, calibration, testClips } = trained;
    const clips = await scoreSources({ detector, state, device, report, measure: measureForms }, testClips);
    const { epochs } = detector.hyperparameters;
    const description = `Synthetic scene, preset "tiny" after ${epochs} epochs, seed ${seed}; ${countsOf(clips)}.`;
    return { description, clips, calibration: calibration.samples };
  } finally {
    await device.dispose();
  }
}

function countsOf(clips: readonly ScoredClip[]): string {
  const frames = clips.flatMap(({ lanes }) => Array.from(lanes.PSNR ?? [])).filter(Number.isFinite).length;
  return `${frames} scored frames of ${clips.length} clips`;
}
