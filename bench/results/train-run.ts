// One run: a detector trained on all training frames of a data set, and its scores of the test clips. What is done
// already is not done again; an interrupted training goes on at its last checkpoint.
import { join } from "node:path";
import type { TrainingMetrics } from "@engram/core";
import {
  type ClipRange,
  calibrate,
  type Detector,
  type FrameSource,
  MANIFEST_FILE,
  modelCheckpointFiles,
  openScorer,
  openTrainingCheckpoint,
  readModelCheckpoint,
  trainDetector,
  trainingCheckpointFiles,
} from "@engram/detectors";
import type { Device, TensorDataMap } from "@engram/engine";
import { readClips } from "../data/frame-folders.ts";
import { scoreClips } from "../data/score-clips.ts";
import { measureForms } from "../region/forms.ts";
import type { RunFolder, RunScores } from "./run-folder.ts";

export interface Run {
  readonly detector: Detector;
  /** with training/frames, testing/frames and frame_labels.json */
  readonly folder: string;
  readonly run: RunFolder;
  readonly device: Device;
  readonly signal: AbortSignal;
  readonly report: (message: string) => void;
}

export interface RunOutcome extends RunScores {
  readonly metrics: TrainingMetrics;
}

/** Share of each clip whose frames tell what is usual; they are trained on as well. */
const CALIBRATION_SHARE = 0.1;

export async function trainAndScore(work: Run): Promise<RunOutcome> {
  const { run } = work;
  let { modelHash, metrics } = await run.readState();
  const kept = modelHash === null ? null : await run.readScores(modelHash);
  if (kept !== null && metrics !== null) return { ...kept, metrics };
  const clips = await readClips(join(work.folder, "training/frames"), work.detector.hyperparameters.size);
  if (modelHash === null || metrics === null) ({ modelHash, metrics } = await train(work, clips));
  const { state } = await readModelCheckpoint(await run.blobs.openFolder(modelHash));
  const scores = await score(work, clips, state);
  await run.writeScores(modelHash, scores);
  return { ...scores, metrics };
}

/** Trains on all frames of the clips, or goes on at the last checkpoint. */
export async function train(
  { detector, run, device, signal, report }: Omit<Run, "folder">,
  clips: readonly FrameSource[],
): Promise<{ readonly modelHash: string; readonly metrics: TrainingMetrics }> {
  let { checkpointHash } = await run.readState();
  const resumeFrom =
    checkpointHash === null ? null : await openTrainingCheckpoint(await run.blobs.openFolder(checkpointHash));
  if (resumeFrom !== null) report(`resumed in epoch ${resumeFrom.position.epoch + 1}`);
  const { model, metrics } = await trainDetector({
    ...{ detector, device, signal, resumeFrom },
    clips: clips.map((source) => ({ source, firstFrame: 0, endFrame: source.frameCount })),
    onProgress({ epoch, epochs, step, stepsPerEpoch, losses, millisecondsPerStep }) {
      if (step % 50 !== 0 && step !== stepsPerEpoch) return;
      const time = millisecondsPerStep === null ? "" : `, ${Math.round(millisecondsPerStep)} ms a step`;
      const where = `epoch ${epoch + 1} of ${epochs}, step ${step} of ${stepsPerEpoch}`;
      report(`${where}: loss ${losses.loss.toFixed(5)}${time}`);
    },
    async onCheckpoint(checkpoint) {
      const previous = checkpointHash;
      const files = trainingCheckpointFiles(detector, checkpoint);
      ({ hash: checkpointHash } = await run.blobs.putFolder(files, MANIFEST_FILE));
      await run.writeState({ checkpointHash, modelHash: null, metrics: null });
      if (previous !== null && previous !== checkpointHash) await run.blobs.delete(previous);
    },
  });
  const { hash: modelHash } = await run.blobs.putFolder(modelCheckpointFiles(detector, model), MANIFEST_FILE);
  await run.writeState({ checkpointHash: null, modelHash, metrics });
  if (checkpointHash !== null) await run.blobs.delete(checkpointHash);
  return { modelHash, metrics };
}

async function score(
  { detector, folder, device, signal, report }: Run,
  clips: readonly FrameSource[],
  state: TensorDataMap,
): Promise<RunScores> {
  const scorer = await openScorer({ detector, state, device, memory: "FROZEN" });
  const { samples } = await calibrate(scorer, clips.map(lastFrames), signal, ({ done, total }) => {
    if (done === total) report(`calibrated on ${total} frames`);
  });
  await scorer.dispose();
  const started = performance.now();
  const scored = await scoreClips({ detector, state, device, folder, report, measure: measureForms });
  const frames = scored.reduce((sum, { labels }) => sum + labels.length, 0);
  return {
    clips: scored,
    calibration: samples,
    millisecondsPerFrame: (performance.now() - started) / frames,
  };
}

function lastFrames(source: FrameSource): ClipRange {
  const { frameCount } = source;
  return { source, firstFrame: Math.round(frameCount * (1 - CALIBRATION_SHARE)), endFrame: frameCount };
}
