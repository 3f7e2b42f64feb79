// TRAIN: frames at the model's input size, training with a checkpoint after every epoch, calibration, model version.
import type { TrainInput } from "@engram/core";
import { createModelVersion } from "@engram/db";
import { createDetector, type Detector, type TrainingResult, trainDetector } from "@engram/detectors";
import { calibrateModel } from "../calibrate-model.ts";
import type { JobContext } from "../job-context.ts";
import { findNormalClips, withNormalClips } from "../normal-clips.ts";
import { planTraining, type TrainingPlan } from "./clip-ranges.ts";
import { createCheckpointSaver, loadCheckpoint } from "./resume.ts";
import { openTrainingProgress } from "./training-progress.ts";

export async function train(context: JobContext, input: TrainInput): Promise<{ modelVersionId: string }> {
  const clips = await findNormalClips(context, input.datasetVersionId);
  const detector = createDetector(input.architecture, input.hyperparameters);
  return withNormalClips(context, clips, detector.hyperparameters.size, async (sources) => {
    const plan = planTraining(sources.train, sources.calibration, input.calibration, detector.windowFrames);
    for (const warning of plan.warnings) context.log.warn(warning);
    const trained = await runTraining(context, detector, plan);
    return finish(context, input, detector, plan, trained);
  });
}

async function runTraining(
  context: JobContext,
  detector: Detector,
  plan: TrainingPlan,
): Promise<TrainingResult> {
  const resumeFrom = await loadCheckpoint(context);
  if (resumeFrom !== null) {
    context.log.info(
      { epoch: resumeFrom.position.epoch, step: resumeFrom.position.step },
      "Training is resumed.",
    );
  }
  return trainDetector({
    detector,
    device: await context.openDevice(),
    clips: plan.training,
    signal: context.signal,
    resumeFrom,
    onProgress: openTrainingProgress(context.report),
    onCheckpoint: createCheckpointSaver(context, detector),
    clock: context.clock,
  });
}

async function finish(
  context: JobContext,
  input: TrainInput,
  detector: Detector,
  plan: TrainingPlan,
  trained: TrainingResult,
): Promise<{ modelVersionId: string }> {
  const { calibration, checkpointHash } = await calibrateModel(context, detector, trained.model, plan);
  const version = await createModelVersion(context.db, {
    modelId: input.modelId,
    projectId: context.job.projectId,
    organizationId: context.job.organizationId,
    datasetVersionId: input.datasetVersionId,
    trainJobId: context.job.id,
    hyperparameters: detector.hyperparameters,
    checkpointHash,
    calibration,
    metrics: trained.metrics,
  });
  return { modelVersionId: version.id };
}
