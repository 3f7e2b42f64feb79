// A detector trained on the synthetic scene, in the platform's way: on 90 % of each training clip, calibrated on the rest.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Calibration, resolveHyperparameters, type TrainableArchitecture } from "@engram/core";
import {
  type ClipRange,
  calibrate,
  createDetector,
  type Detector,
  type FrameSource,
  openScorer,
  trainDetector,
} from "@engram/detectors";
import type { Device, TensorDataMap } from "@engram/engine";
import { writeSyntheticScene } from "@engram/media";
import { readClips } from "./frame-folders.ts";
import { type LabelledSource, readTestClips } from "./score-clips.ts";

export interface TrainedOnScene {
  readonly detector: Detector;
  readonly state: TensorDataMap;
  readonly calibration: Omit<Calibration, "source">;
  readonly testClips: readonly LabelledSource[];
}

interface Options {
  readonly device: Device;
  readonly seed: number;
  report(message: string): void;
}

/** Share of each training clip that the platform holds out for calibration. */
const HELD_OUT_SHARE = 0.1;
const never = new AbortController().signal;

/** With the preset "tiny"; the memory is frozen in calibration. */
export async function trainOnScene(
  architecture: TrainableArchitecture,
  { device, seed, report }: Options,
): Promise<TrainedOnScene> {
  const folder = await mkdtemp(join(tmpdir(), "engram-scene-"));
  try {
    await writeSyntheticScene(folder);
    const detector = createDetector(architecture, resolveHyperparameters(architecture, "tiny", { seed }));
    const { size, epochs } = detector.hyperparameters;
    const clips = await readClips(join(folder, "training/frames"), size);
    // Of clips that are short beside a window two of those, lest nothing be left to calibrate on.
    const held = clips.map(({ frameCount }) =>
      Math.min(Math.round(frameCount * (1 - HELD_OUT_SHARE)), frameCount - 2 * detector.windowFrames),
    );
    const range = (source: FrameSource, firstFrame: number, endFrame: number): ClipRange => ({
      ...{ source, firstFrame, endFrame },
    });
    const { model: state } = await trainDetector({
      ...{ detector, device, signal: never, resumeFrom: null },
      clips: clips.map((source, i) => range(source, 0, held[i]!)),
      onProgress({ epoch, step, stepsPerEpoch, losses }) {
        if (step === stepsPerEpoch) report(`epoch ${epoch + 1} of ${epochs}: loss ${losses.loss.toFixed(5)}`);
      },
      onCheckpoint: async () => undefined,
    });
    const scorer = await openScorer({ detector, state, device, memory: "FROZEN" });
    const normal = clips.map((source, i) => range(source, held[i]!, source.frameCount));
    const calibration = await calibrate(scorer, normal, never, () => undefined);
    await scorer.dispose();
    return { detector, state, calibration, testClips: await readTestClips(folder, size) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
