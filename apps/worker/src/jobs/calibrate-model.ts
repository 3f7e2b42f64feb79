// The last steps to a model version: what normal frames score by these weights, and the weights stored.
import type { Calibration } from "@engram/core";
import {
  type ClipRange,
  calibrate,
  type Detector,
  MANIFEST_FILE,
  modelCheckpointFiles,
  openScorer,
  type Scorer,
} from "@engram/detectors";
import type { TensorDataMap } from "@engram/engine";
import { type Phase, startPhase } from "../progress.ts";
import type { JobContext } from "./job-context.ts";

interface CalibrationPlan {
  readonly calibration: readonly ClipRange[];
  readonly source: Calibration["source"];
}

/** @param state of which what scoring does not need is left out */
export async function calibrateModel(
  context: JobContext,
  detector: Detector,
  state: TensorDataMap,
  plan: CalibrationPlan,
): Promise<{ readonly calibration: Calibration; readonly checkpointHash: string }> {
  const scorer = await openScorer({ detector, state, device: await context.openDevice(), memory: "FROZEN" });
  try {
    const figures = await scoreNormalFrames(context, scorer, plan.calibration);
    const { hash: checkpointHash } = await context.blobs.putFolder(
      modelCheckpointFiles(detector, state),
      MANIFEST_FILE,
    );
    return { calibration: { ...figures, source: plan.source }, checkpointHash };
  } finally {
    await scorer.dispose();
  }
}

async function scoreNormalFrames(context: JobContext, scorer: Scorer, ranges: readonly ClipRange[]) {
  let phase: Phase | undefined;
  return calibrate(scorer, ranges, context.signal, ({ done, total }) => {
    phase ??= startPhase({ ...context, phase: "calibrate", unit: "frames", total });
    phase.update(done);
  });
}
