// `engram import`: upload, look (dry run), say what was found, then import.
import { resolve } from "node:path";
import { AppError, type DatasetLayout } from "@engram/core";
import { createIngestJobMutation } from "@engram/sdk";
import type { Connection } from "../connection.ts";
import { reportLines } from "../import-report.ts";
import { payload, type WatchedJob } from "../jobs.ts";
import { note, print, printJson } from "../output.ts";
import { currentProject } from "../project.ts";
import { openUploadSource, upload } from "../upload.ts";
import { watchToSuccess } from "../watch.ts";

export interface ImportOptions {
  readonly name: string;
  readonly layout?: DatasetLayout;
  readonly isDryRun: boolean;
  readonly isJson: boolean;
}

export async function importFolder(
  connection: Connection,
  path: string,
  options: ImportOptions,
): Promise<void> {
  const project = await currentProject(connection.client);
  const uploadId = await upload(connection, project.id, await openUploadSource(resolve(path)), "DATASET");
  const inspected = await ingest(connection, project.id, uploadId, options, true);
  if (!options.isJson && inspected.importReport) print(reportLines(inspected.importReport).join("\n"));
  if (options.isDryRun) {
    if (options.isJson) printJson({ report: inspected.importReport });
    return;
  }
  const imported = await ingest(connection, project.id, uploadId, options, false);
  const version = imported.datasetVersion;
  if (!version) throw new AppError("INTERNAL", `Job ${imported.number} made no data set version.`);
  if (options.isJson) {
    printJson({ dataset: version.dataset.slug, version: version.number, report: imported.importReport });
    return;
  }
  const clips = imported.importReport?.clips ?? [];
  const kept = clips.filter((clip) => !clip.quarantineReason);
  for (const clip of clips)
    if (clip.quarantineReason) print(`quarantined: ${clip.name}: ${clip.quarantineReason}`);
  const frames = sum(kept.map((clip) => clip.frameCount));
  const content = kept.some((clip) => clip.kind === "IMAGES")
    ? `${frames} pictures in ${kept.length} folders`
    : `${kept.length} clips, ${frames} frames`;
  print(`${version.dataset.slug} version ${version.number}: ${content}`);
}

async function ingest(
  connection: Connection,
  projectId: string,
  uploadId: string,
  options: ImportOptions,
  isDryRun: boolean,
): Promise<WatchedJob> {
  const created = await connection.client.request(createIngestJobMutation, {
    input: {
      projectId,
      source: { uploadId },
      datasetName: options.name,
      layout: options.layout ?? null,
      isDryRun,
    },
  });
  const job = payload(created.createIngestJob, created.createIngestJob.job);
  if (!isDryRun) note(`Importing as job ${job.number}`);
  return watchToSuccess(connection.client, job.number);
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
