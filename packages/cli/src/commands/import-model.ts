// `engram import-model`: weights that the authors' published code was trained to, as a model of a data set.
import { resolve } from "node:path";
import { AppError, type ImportableArchitecture } from "@engram/core";
import { importModelMutation } from "@engram/sdk";
import type { Connection } from "../connection.ts";
import { payload } from "../jobs.ts";
import { bytes, print, printJson } from "../output.ts";
import { currentProject, readyDataset } from "../project.ts";
import { openUploadSource, upload } from "../upload.ts";
import { watchToSuccess } from "../watch.ts";

const ENDING = ".safetensors";

/** What is undefined is read off the weights; of size and name, as the server has it. */
export interface ImportModelOptions {
  readonly dataset: string;
  readonly architecture?: ImportableArchitecture;
  readonly size?: number;
  readonly width?: number;
  readonly items?: number;
  readonly name?: string;
  readonly isWatching: boolean;
  readonly isJson: boolean;
}

export async function importModel(
  connection: Connection,
  path: string,
  options: ImportModelOptions,
): Promise<void> {
  if (!path.endsWith(ENDING)) throw new AppError("BAD_INPUT", `${path} is no ${ENDING} file.`);
  const project = await currentProject(connection.client);
  const { version } = await readyDataset(connection.client, options.dataset);
  const uploadId = await upload(connection, project.id, await openUploadSource(resolve(path)), "WEIGHTS");
  const { architecture, size, width, items, name } = options;
  const created = await connection.client.request(importModelMutation, {
    input: {
      ...{ uploadId, datasetVersionId: version.id, modelName: name ?? null },
      ...{
        architecture: architecture ?? null,
        size: size ?? null,
        width: width ?? null,
        items: items ?? null,
      },
    },
  });
  const job = payload(created.importModel, created.importModel.job);
  if (!options.isWatching && !connection.isOwnServer) {
    if (options.isJson) printJson({ job: job.number });
    else print(`Importing as job ${job.number}: "engram watch ${job.number}" shows how it goes.`);
    return;
  }
  const { modelVersion } = await watchToSuccess(connection.client, job.number);
  if (!modelVersion?.importedFrom) throw new AppError("INTERNAL", `Job ${job.number} made no model version.`);
  const { model, number, importedFrom, calibration } = modelVersion;
  if (options.isJson) {
    printJson({ job: job.number, model: model.slug, version: number, importedFrom, calibration });
    return;
  }
  const { fileName, sizeBytes, sha256 } = importedFrom;
  print(`${model.slug}@${number}: ${fileName}, ${bytes(sizeBytes)}, sha256 ${sha256}`);
  print(`calibrated on ${calibration.frameCount} frames, which the weights may have been trained on`);
}
