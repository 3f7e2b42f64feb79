// `engram import`: upload, look (dry run), say what was found, then import.
import { resolve } from "node:path";
import { AppError, type DatasetLayout } from "@engram/core";
import { completeUploadMutation, createIngestJobMutation, createUploadMutation } from "@engram/sdk";
import type { Connection } from "../connection.ts";
import { payload, type WatchedJob } from "../jobs.ts";
import { bytes, note, print, printJson, table } from "../output.ts";
import { createProgressLine } from "../progress-line.ts";
import { currentProject } from "../project.ts";
import { openUploadSource, sendFile } from "../upload.ts";
import { watchToSuccess } from "../watch.ts";

type ReportClip = NonNullable<WatchedJob["importReport"]>["clips"][number];

const UNMATCHED_NAMED = 10;

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
  const uploadId = await upload(connection, project.id, resolve(path));
  const inspected = await ingest(connection, project.id, uploadId, options, true);
  if (!options.isJson) printReport(inspected);
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
  print(`${version.dataset.slug} version ${version.number}: ${kept.length} clips, ${frames} frames`);
}

async function upload(connection: Connection, projectId: string, path: string): Promise<string> {
  const source = await openUploadSource(path);
  const line = createProgressLine();
  try {
    const created = await connection.client.request(createUploadMutation, {
      input: { projectId, fileName: source.fileName, sizeBytes: source.sizeBytes },
    });
    const target = payload(created.createUpload, created.createUpload.upload);
    // The key goes to this server alone, at the address it was reached at, whatever it calls itself.
    const { pathname } = new URL(target.url, connection.baseUrl);
    await sendFile(source, new URL(pathname, connection.baseUrl).href, connection.apiKey, (sent) =>
      line.update("upload", `uploading ${bytes(sent)} of ${bytes(source.sizeBytes)}`),
    );
    const completed = await connection.client.request(completeUploadMutation, {
      input: { uploadId: target.id },
    });
    return payload(completed.completeUpload, completed.completeUpload.upload).id;
  } finally {
    line.end();
    await source.dispose();
  }
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

function printReport(job: WatchedJob): void {
  const report = job.importReport;
  if (!report) return;
  const splits = [...new Set(report.clips.map((clip) => clip.split))];
  print(`Layout ${report.layout}, ${report.clips.length} clips, ${bytes(report.totalBytes)}`);
  print(
    table(
      ["split", "clips", "frames", "labelled clips", "clips with masks", "abnormal frames", "picture"],
      splits.map((split) =>
        reportRow(
          split,
          report.clips.filter((clip) => clip.split === split),
        ),
      ),
    ),
  );
  for (const clip of report.clips)
    if (clip.quarantineReason) print(`to quarantine: ${clip.name}: ${clip.quarantineReason}`);
  for (const warning of report.warnings) print(`warning: ${warning}`);
  const named = report.unmatched.slice(0, UNMATCHED_NAMED).join(", ");
  const more = report.unmatched.length - UNMATCHED_NAMED;
  if (named) print(`unmatched: ${named}${more > 0 ? ` and ${more} more` : ""}`);
}

function reportRow(split: string, clips: readonly ReportClip[]): (string | number)[] {
  const labelled = clips.filter((clip) => clip.abnormalFrames != null);
  return [
    split,
    clips.length,
    sum(clips.map((clip) => clip.frameCount)),
    clips.filter((clip) => clip.hasLabels).length,
    clips.filter((clip) => clip.hasMasks).length,
    labelled.length > 0 ? sum(labelled.map((clip) => clip.abnormalFrames!)) : "-",
    [...new Set(clips.map((clip) => (clip.width ? `${clip.width}×${clip.height}` : "?")))].join(", "),
  ];
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
