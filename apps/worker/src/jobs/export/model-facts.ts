// The files of an export: the graph and its numbers, and everything that must be known to use and to judge them.
import {
  calibrationSchema,
  decisionPolicySchema,
  type ExportParity,
  evaluationSchema,
  importedFromSchema,
  LANE_DIRECTION,
  publishedMix,
  trainingMetricsSchema,
} from "@engram/core";
import {
  type Dataset,
  type DatasetVersion,
  listRunsOfModelVersion,
  type Model,
  type ModelVersion,
} from "@engram/db";
import type { Detector, ExportedModel } from "@engram/detectors";
import { defaultPolicyRules } from "../../evaluation/decide.ts";
import { findDefaultPolicy } from "../../evaluation/default-policy.ts";
import type { JobContext } from "../job-context.ts";
import type { BundleFile } from "./bundle.ts";

export interface ModelVersionFacts {
  readonly modelVersion: ModelVersion & { readonly model: Model };
  readonly datasetVersion: DatasetVersion & { readonly dataset: Dataset };
}

type ScoredRun = Awaited<ReturnType<typeof listRunsOfModelVersion>>[number];

/** The whole bundle but its manifest's list of files, which is made where they are written. */
export async function describeModelVersion(
  { db, job }: Pick<JobContext, "db" | "job">,
  facts: ModelVersionFacts,
  detector: Detector,
  exported: ExportedModel,
  parity: ExportParity,
): Promise<{ readonly manifest: object; readonly files: readonly BundleFile[] }> {
  const { modelVersion } = facts;
  const calibration = calibrationSchema.parse(modelVersion.calibration);
  const runs = await listRunsOfModelVersion(db, job.projectId, modelVersion.id);
  const { samples } = calibration;
  const { architecture } = detector;
  const policy =
    runs.find((run) => run.policy !== null)?.policy ??
    (await findDefaultPolicy(db, job.projectId, { architecture, samples }));
  const files: BundleFile[] = [
    { name: "model.onnx", content: [exported.encoded.model] },
    ...exported.tensorFiles,
    json("preprocess.json", exported.preprocessing),
    json("calibration.json", { ...calibration, directions: LANE_DIRECTION }),
    json("policy.json", {
      name: policy?.name ?? "default",
      number: policy?.number ?? null,
      rules: policy
        ? decisionPolicySchema.parse(policy.rules)
        : defaultPolicyRules(publishedMix(architecture, detector.hyperparameters), samples),
    }),
    json("metrics.json", {
      training: trainingMetricsSchema.parse(modelVersion.metrics),
      scoringRuns: runs.map(describeRun),
    }),
    json("parity.json", parity),
  ];
  return { manifest: describeManifest(facts, detector, exported), files };
}

function json(name: string, value: unknown): BundleFile {
  return { name, content: [Buffer.from(`${JSON.stringify(value, null, 2)}\n`)] };
}

function describeRun({ number, precision, memory, datasetVersion, evaluation }: ScoredRun) {
  return {
    number,
    precision,
    memory,
    dataset: { slug: datasetVersion.dataset.slug, version: datasetVersion.number },
    evaluation: evaluation === null ? null : evaluationSchema.parse(evaluation),
  };
}

function describeManifest(
  { modelVersion, datasetVersion }: ModelVersionFacts,
  { architecture, hyperparameters, parameterCount }: Detector,
  { encoded, inputs, outputs, codeVersion }: ExportedModel,
) {
  const { model, number, createdAt } = modelVersion;
  const importedFrom =
    modelVersion.importedFrom === null ? null : importedFromSchema.parse(modelVersion.importedFrom);
  return {
    format: "engram-export-1",
    model: {
      ...{ name: model.name, slug: model.slug, version: number },
      // Of weights that were trained elsewhere nobody here knows when, nor by which seed.
      trainedAt: importedFrom === null ? createdAt.toISOString() : null,
      ...{ architecture, parameterCount, hyperparameters, importedFrom },
    },
    dataset: {
      ...{ name: datasetVersion.dataset.name, slug: datasetVersion.dataset.slug },
      ...{ version: datasetVersion.number, contentHash: datasetVersion.contentHash },
    },
    codeVersion,
    seed: importedFrom === null ? hyperparameters.seed : null,
    licence: {
      graph: "Apache-2.0",
      weights: null,
      reason: "Whoever trained the model decides on its weights; the terms of the data set apply to them.",
    },
    onnx: { file: "model.onnx", opset: encoded.opset, inputs, outputs },
  };
}
