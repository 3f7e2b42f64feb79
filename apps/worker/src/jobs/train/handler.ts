// TRAIN: frames at the model's input size, training with a checkpoint after every epoch, calibration, model version.
import { AppError, type TrainInput } from "@engram/core";
import { type ClipSummary, createModelVersion, findClip, findDatasetVersion, listClips } from "@engram/db";
import {
  calibrate,
  createDetector,
  type Detector,
  MANIFEST_FILE,
  modelCheckpointFiles,
  openScorer,
  type Scorer,
  type TrainingResult,
  trainDetector,
} from "@engram/detectors";
import { type OpenClip, openClip } from "../../frames/open-clip.ts";
import { type Phase, startPhase } from "../../progress.ts";
import type { JobContext } from "../job-context.ts";
import { planTraining, type TrainingPlan } from "./clip-ranges.ts";
import { createCheckpointSaver, loadCheckpoint } from "./resume.ts";
import { openTrainingProgress } from "./training-progress.ts";

export async function train(context: JobContext, input: TrainInput): Promise<{ modelVersionId: string }> {
  const clips = await readyClips(context, input.datasetVersionId);
  const detector = createDetector(input.architecture, input.hyperparameters);
  const opened: OpenClip[] = [];
  try {
    const sources = await openAll(context, clips, detector.hyperparameters.size, opened);
    const plan = planTraining(sources.train, sources.calibration, input.calibration, detector.windowFrames);
    for (const warning of plan.warnings) context.log.warn(warning);
    const trained = await runTraining(context, detector, plan);
    return await finish(context, input, detector, plan, trained);
  } finally {
    for (const clip of opened) await clip.close();
  }
}

async function readyClips({ db, job }: JobContext, datasetVersionId: string): Promise<ClipSummary[]> {
  const { projectId } = job;
  const version = await findDatasetVersion(db, projectId, datasetVersionId);
  if (version === null) throw new AppError("NOT_FOUND", "The dataset version does not exist any more.");
  if (version.state !== "READY") {
    throw new AppError("BAD_INPUT", "The dataset version is not ready: its import has not ended well.");
  }
  const clips = (await listClips(db, { projectId, datasetVersionId })).filter(
    (clip) => clip.split !== "TEST",
  );
  if (clips.some((clip) => clip.split === "TRAIN")) return clips;
  throw new AppError(
    "NO_TRAINING_CLIPS",
    "The dataset version has no training clips: there is nothing to learn from.",
  );
}

async function openAll(
  context: JobContext,
  clips: readonly ClipSummary[],
  size: number,
  opened: OpenClip[],
): Promise<{ train: OpenClip[]; calibration: OpenClip[] }> {
  const total = clips.reduce((sum, clip) => sum + clip.frameCount, 0);
  const phase = startPhase({ ...context, phase: "decode", unit: "frames", total });
  const sources: { train: OpenClip[]; calibration: OpenClip[] } = { train: [], calibration: [] };
  let done = 0;
  for (const { id, name } of clips) {
    context.signal.throwIfAborted();
    const clip = await findClip(context.db, context.job.projectId, id);
    if (clip === null) throw new AppError("NOT_FOUND", `Clip "${name}" does not exist any more.`);
    const source = await openClip(context, clip, size, (frames) => phase.update(done + frames));
    opened.push(source);
    (clip.split === "TRAIN" ? sources.train : sources.calibration).push(source);
    done += clip.frameCount;
    phase.update(done);
  }
  return sources;
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
  const state = trained.model;
  const scorer = await openScorer({ detector, state, device: await context.openDevice(), memory: "FROZEN" });
  try {
    const calibration = await runCalibration(context, scorer, plan);
    const files = modelCheckpointFiles(detector, state);
    const { hash } = await context.blobs.putFolder(files, MANIFEST_FILE);
    const version = await createModelVersion(context.db, {
      modelId: input.modelId,
      projectId: context.job.projectId,
      organizationId: context.job.organizationId,
      datasetVersionId: input.datasetVersionId,
      trainJobId: context.job.id,
      hyperparameters: detector.hyperparameters,
      checkpointHash: hash,
      calibration: { ...calibration, source: plan.source },
      metrics: trained.metrics,
    });
    return { modelVersionId: version.id };
  } finally {
    await scorer.dispose();
  }
}

async function runCalibration(context: JobContext, scorer: Scorer, plan: TrainingPlan) {
  let phase: Phase | undefined;
  return calibrate(scorer, plan.calibration, context.signal, ({ done, total }) => {
    phase ??= startPhase({ ...context, phase: "calibrate", unit: "frames", total });
    phase.update(done);
  });
}
