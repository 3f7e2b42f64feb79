// What an import found, as lines for a terminal: footage by split, pictures by folder, then what does not fit.
import type { ImportReportFieldsFragment } from "@engram/sdk";
import { bytes, table } from "./output.ts";

type ReportClip = ImportReportFieldsFragment["clips"][number];

const UNMATCHED_NAMED = 5;

export function reportLines(report: ImportReportFieldsFragment): string[] {
  const { layout, clips, unmatched, warnings, totalBytes } = report;
  const isPictures = clips.some((clip) => clip.kind === "IMAGES");
  const frames = sum(clips.map((clip) => clip.frameCount));
  const content = isPictures ? `${frames} pictures in ${clips.length} folders` : `${clips.length} clips`;
  return [
    `Layout ${layout}, ${content}, ${bytes(totalBytes)}`,
    isPictures ? folderTable(clips) : splitTable(clips),
    ...clips.flatMap(({ name, quarantineReason }) =>
      quarantineReason ? [`to quarantine: ${name}: ${quarantineReason}`] : [],
    ),
    ...warnings.map((warning) => `warning: ${warning}`),
    ...(unmatched.length > 0 ? [unmatchedLine(unmatched, isPictures ? "picture" : "clip")] : []),
  ];
}

function unmatchedLine(unmatched: readonly string[], what: string): string {
  const count = unmatched.length === 1 ? "1 file fits" : `${unmatched.length} files fit`;
  const more = unmatched.length - UNMATCHED_NAMED;
  const named = unmatched.slice(0, UNMATCHED_NAMED).join(", ");
  return `unmatched: ${count} no ${what}: ${named}${more > 0 ? ` and ${more} more` : ""}`;
}

function folderTable(clips: readonly ReportClip[]): string {
  return table(
    ["split", "folder", "pictures", "defective", "masks", "size"],
    clips.map((clip) => [
      ...[clip.split, clip.name, clip.frameCount],
      ...[clip.abnormalFrames ?? "-", clip.maskedFrames ?? "-", sizeOf(clip)],
    ]),
  );
}

function splitTable(clips: readonly ReportClip[]): string {
  const splits = [...new Set(clips.map((clip) => clip.split))];
  return table(
    ["split", "clips", "frames", "labelled clips", "clips with masks", "abnormal frames", "picture"],
    splits.map((split) =>
      splitRow(
        split,
        clips.filter((clip) => clip.split === split),
      ),
    ),
  );
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
    [...new Set(clips.map(sizeOf))].join(", "),
  ];
}

function sizeOf({ width, height }: ReportClip): string {
  return width ? `${width}×${height}` : "?";
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
