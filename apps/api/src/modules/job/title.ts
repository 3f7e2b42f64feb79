// What a job does, in words. What has been deleted since is said as such.
import {
  architectureSlug,
  evaluateInputSchema,
  exportInputSchema,
  importModelInputSchema,
  ingestInputSchema,
  type JobKind,
  scoreInputSchema,
  trainInputSchema,
} from "@engram/core";
import { parseColumn } from "../../schema/json-column.ts";
import type { Loaders } from "../../schema/loaders.ts";

export async function titleOfJob(
  { kind, input }: { readonly kind: JobKind; readonly input: unknown },
  loaders: Loaders,
): Promise<string> {
  switch (kind) {
    case "INGEST": {
      const { datasetName, isDryRun } = parseColumn(ingestInputSchema, input, "job.input");
      return `${isDryRun ? "Inspect" : "Import"} ${datasetName}`;
    }
    case "TRAIN": {
      const { architecture, datasetVersionId } = parseColumn(trainInputSchema, input, "job.input");
      return `Train ${architectureSlug(architecture)} on ${await versionName(datasetVersionId, loaders)}`;
    }
    case "SCORE": {
      const { datasetVersionId } = parseColumn(scoreInputSchema, input, "job.input");
      return `Score ${await versionName(datasetVersionId, loaders)}`;
    }
    case "EVALUATE": {
      const { scoringRunId } = parseColumn(evaluateInputSchema, input, "job.input");
      const run = await loaders.scoringRun.load(scoringRunId);
      return `Evaluate ${run ? `scoring run ${run.number}` : "a deleted scoring run"}`;
    }
    case "EXPORT": {
      const { modelVersionId, format } = parseColumn(exportInputSchema, input, "job.input");
      const version = await loaders.modelVersion.load(modelVersionId);
      const name = version ? `${version.modelSlug} version ${version.number}` : "a deleted model";
      return `Export ${name} as ${format}`;
    }
    case "IMPORT_MODEL": {
      const { modelName, datasetVersionId } = parseColumn(importModelInputSchema, input, "job.input");
      return `Import model ${modelName} for ${await versionName(datasetVersionId, loaders)}`;
    }
    default:
      throw kind satisfies never;
  }
}

async function versionName(id: string, loaders: Loaders): Promise<string> {
  const version = await loaders.datasetVersion.load(id);
  return version ? `${version.datasetSlug} version ${version.number}` : "a deleted dataset";
}
