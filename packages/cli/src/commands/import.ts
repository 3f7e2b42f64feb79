// `engram import`: upload, look (dry run), say what was found, then import.
import { resolve } from "node:path";
import { AppError, type DatasetLayout } from "@engram/core";
import { createIngestJobMutation } from "@engram/sdk";
import type { Connection } from "../connection.ts";
import { payload, type WatchedJob } from "../jobs.ts";
import { bytes, note, print, printJson, table } from "../output.ts";
import { currentProject } from "../project.ts";
import { openUploadSource, upload } from "../upload.ts";
import { watchToSuccess } from "../watch.ts";

type ReportClip = NonNullable<WatchedJob["importReport"]>["clips"][number];

const UNMATCHED_NAMED = 5;

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

function printReport(job: WatchedJob): void {
  const report = job.importReport;
  if (!report) return;
  const holdsPictures = report.clips.some((clip) => clip.kind === "IMAGES");
  const size = bytes(report.totalBytes);
  if (holdsPictures) {
    const pictures = sum(report.clips.map((clip) => clip.frameCount));
    print(`Layout ${report.layout}, ${pictures} pictures in ${report.clips.length} folders, ${size}`);
    print(table(["split", "folder", "pictures", "defective", "masks", "size"], report.clips.map(folderRow)));
  } else {
    print(`Layout ${report.layout}, ${report.clips.length} clips, ${size}`);
    const splits = [...new Set(report.clips.map((clip) => clip.split))];
    print(
      table(
        ["split", "clips", "frames", "labelled clips", "clips with masks", "abnormal frames", "picture"],
        splits.map((split) =>
          splitRow(
            split,
            report.clips.filter((clip) => clip.split === split),
          ),
        ),
      ),
    );
  }
  for (const clip of report.clips)
    if (clip.quarantineReason) print(`to quarantine: ${clip.name}: ${clip.quarantineReason}`);
  for (const warning of report.warnings) print(`warning: ${warning}`);
  if (report.unmatched.length > 0) print(unmatchedLine(report.unmatched, holdsPictures));
}

function unmatchedLine(unmatched: readonly string[], holdsPictures: boolean): string {
  const named = unmatched.slice(0, UNMATCHED_NAMED).join(", ");
  const more = unmatched.length - UNMATCHED_NAMED;
  const what = unmatched.length === 1 ? "1 file fits" : `${unmatched.length} files fit`;
  return `unmatched: ${what} no ${holdsPictures ? "picture" : "clip"}: ${named}${more > 0 ? ` and ${more} more` : ""}`;
}

function folderRow(clip: ReportClip): (string | number)[] {
  const size = clip.width ? `${clip.width}×${clip.height}` : "?";
  return [
    ...[clip.split, clip.name, clip.frameCount, clip.abnormalFrames ?? "-", clip.maskedFrames ?? "-"],
    size,
  ];
}

function splitRow(split: string, clips: readonly ReportClip[]): (string | number)[] {
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
