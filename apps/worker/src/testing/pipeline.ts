// Steps of the way that tests begin behind: a stored scene, a trained model, a run to score.
import { join } from "node:path";
import {
  calibrationSchema,
  LANES,
  type Precision,
  type TrainInput,
  trainableArchitectureSchema,
} from "@engram/core";
import { createScoringRun, ensureModel, type Job, type ModelVersion, type ScoringRun } from "@engram/db";
import { writeSyntheticScene } from "@engram/media";
import { ingest } from "../jobs/ingest/handler.ts";
import { train } from "../jobs/train/handler.ts";
import { ingestInput, type Rig, smallHyperparameters } from "./rig.ts";

export interface SmallScene {
  readonly trainingClips?: number;
  readonly trainingFrames?: number;
  readonly testFrames?: number;
}

export async function writeSmallScene(rig: Rig, name: string, scene: SmallScene = {}): Promise<string> {
  const folder = join(rig.folder, name);
  const size = { width: 60, height: 40, trainingClips: 2, trainingFrames: 20, testFrames: 16 };
  await writeSyntheticScene(folder, { ...size, ...scene });
  return folder;
}

/** The id of the dataset version. */
export async function ingestScene(rig: Rig, slug: string, scene: SmallScene = {}): Promise<string> {
  const input = ingestInput(await writeSmallScene(rig, slug, scene), {
    datasetName: slug,
    datasetSlug: slug,
  });
  const { datasetVersionId } = await ingest(await rig.contextOf(await rig.createJob("INGEST", input)), input);
  if (datasetVersionId === null) throw new Error("The scene was not stored.");
  return datasetVersionId;
}

type MnadTrainInput = Extract<TrainInput, { architecture: "MNAD_PREDICTION" }>;

export async function trainInputOf(
  rig: Rig,
  datasetVersionId: string,
  more: Partial<MnadTrainInput> = {},
): Promise<TrainInput> {
  const architecture = "MNAD_PREDICTION" as const;
  const model = await ensureModel(rig.db, { ...rig.owner, name: "Model", slug: "model", architecture });
  return {
    ...{ datasetVersionId, modelId: model.id, architecture },
    ...{ hyperparameters: smallHyperparameters(), calibration: "HOLD_OUT" },
    ...more,
  };
}

export async function trainModel(rig: Rig, input: TrainInput): Promise<ModelVersion> {
  const job = await rig.claimJob(await rig.createJob("TRAIN", input));
  const { modelVersionId } = await train(await rig.contextOf(job), input);
  return rig.db.prisma.modelVersion.findUniqueOrThrow({ where: { id: modelVersionId } });
}

export async function newScoringRun(
  rig: Rig,
  model: ModelVersion,
  datasetVersionId: string,
  precision: Precision = "FP32",
): Promise<{ readonly job: Job; readonly run: ScoringRun }> {
  const { architecture } = await rig.db.prisma.model.findUniqueOrThrow({ where: { id: model.modelId } });
  const { job, scoringRun: run } = await createScoringRun(rig.db, {
    ...rig.owner,
    ...{ modelVersionId: model.id, datasetVersionId, precision },
    lanes: LANES[trainableArchitectureSchema.parse(architecture)],
    maskThreshold: calibrationSchema.parse(model.calibration).maskThreshold,
  });
  return { job, run };
}
