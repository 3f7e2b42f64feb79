// TRAIN: frames at the model's input size, training with a checkpoint after every epoch, calibration, model version.
import { availableParallelism } from "node:os";
import type { TrainInput } from "@engram/core";
import { createModelVersion } from "@engram/db";
import {
  createDetector,
  type Detector,
  type TrainingResult,
  trainDetector,
  type ValidationData,
} from "@engram/detectors";
import { calibrateModel } from "../calibrate-model.ts";
import type { JobContext } from "../job-context.ts";
import { bySplit, findNormalClips } from "../normal-clips.ts";
import { withOpenClips } from "../open-clips.ts";
import { planTraining, type TrainingPlan } from "./clip-ranges.ts";
import { TrainingCheckpoints } from "./resume.ts";
import { openTrainingProgress } from "./training-progress.ts";
import { findValidationClips, validationData } from "./validation-clips.ts";

/** One more is started only when all others are busy; each holds some 40 MB. */
const MAX_INPUT_THREADS = 8;

export async function train(context: JobContext, input: TrainInput): Promise<{ modelVersionId: string }> {
  const normal = await findNormalClips(context, input.datasetVersionId);
  const labelled = await findValidationClips(context, input.datasetVersionId);
  const detector = createDetector(input.architecture, input.hyperparameters);
  const clips = [...normal, ...labelled.map(({ clip }) => clip)];
  return withOpenClips(context, clips, detector.hyperparameters.size, async (opened) => {
    const sources = bySplit(clips, opened);
    const plan = planTraining(sources.train, sources.calibration, input.calibration, detector.windowFrames);
    for (const warning of plan.warnings) context.log.warn(warning);
    const validation = validationData(labelled, opened.slice(normal.length), plan);
    const checkpoints = new TrainingCheckpoints(context, detector);
    const trained = await runTraining(context, detector, plan, validation, checkpoints);
    return finish(context, input, detector, plan, trained, checkpoints);
  });
}

async function runTraining(
  context: JobContext,
  detector: Detector,
  plan: TrainingPlan,
  validation: ValidationData,
  checkpoints: TrainingCheckpoints,
): Promise<TrainingResult> {
  const resumeFrom = await checkpoints.load();
  if (resumeFrom !== null) {
    context.log.info(
      { epoch: resumeFrom.position.epoch, step: resumeFrom.position.step },
      "Training is resumed.",
    );
  }
  const trained = await trainDetector({
    ...{ detector, device: await context.openDevice(), clips: plan.training, signal: context.signal },
    ...{ resumeFrom, validation },
    onProgress: openTrainingProgress(context.report),
    onCheckpoint: (checkpoint) => checkpoints.save(checkpoint),
    readBest: () => checkpoints.readBest(),
    inputThreads: Math.min(availableParallelism(), MAX_INPUT_THREADS),
    clock: context.clock,
  });
  const { earlyStop } = trained.metrics;
  if (earlyStop !== null)
    context.log.info({ epoch: earlyStop.epoch }, `Training has stopped: ${earlyStop.reason}`);
  return trained;
}

async function finish(
  context: JobContext,
  input: TrainInput,
  detector: Detector,
  plan: TrainingPlan,
  trained: TrainingResult,
  { kept }: TrainingCheckpoints,
): Promise<{ modelVersionId: string }> {
  const { calibration, checkpointHash } = await calibrateModel(context, detector, trained.model, plan);
  // Of a training that monitors nothing the last epoch is the model, and nothing beside it is kept.
  const isMonitored = trained.metrics.best !== null;
  const version = await createModelVersion(context.db, {
    modelId: input.modelId,
    projectId: context.job.projectId,
    organizationId: context.job.organizationId,
    datasetVersionId: input.datasetVersionId,
    trainJobId: context.job.id,
    hyperparameters: detector.hyperparameters,
    checkpointHash,
    bestCheckpointHash: isMonitored ? (kept?.bestCheckpointHash ?? null) : null,
    lastCheckpointHash: isMonitored ? (kept?.checkpointHash ?? null) : null,
    calibration,
    metrics: trained.metrics,
  });
  return { modelVersionId: version.id };
}
