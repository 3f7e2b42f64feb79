// The dry run: everything that can be known of a source before anything of it is stored.
import { lstat } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { AppError, type DatasetLayout, type ImportReport } from "@engram/core";
import { throwIfCanceled } from "../canceled.ts";
import { withoutExtension } from "../labels/csv-labels.ts";
import { countAbnormal } from "../labels/frame-labels.ts";
import { detectLayout } from "../layouts/detect-layout.ts";
import type { LabelledSplit, LayoutContent } from "../layouts/layout.ts";
import { hasVideoExtension } from "../video/container.ts";
import { duplicateWarnings } from "./duplicate-pictures.ts";
import type { Inspection, PlanClip } from "./import-plan.ts";
import { type SurveyedClip, surveyClip } from "./survey-clip.ts";

export interface InspectOptions {
  /** null or left out: detect it */
  readonly layout?: DatasetLayout | null;
  readonly signal?: AbortSignal;
  onClip?(clipsDone: number, clipCount: number): void;
}

/** Clips shorter than an input window and the frame it predicts are of no use to a predictor. */
const FEWEST_USEFUL_FRAMES = 5;

/**
 * Looks at a folder (or a single video file): layout, clips, sizes, frame rates, labels, masks. Stores nothing.
 *
 * @throws AppError NOT_FOUND, EMPTY_SOURCE, UNKNOWN_LAYOUT, LABEL_MISMATCH, BAD_INPUT for a label file that cannot be read,
 * DECODE_FAILED when not one clip can be decoded, CANCELED
 */
export async function inspectSource(path: string, options: InspectOptions = {}): Promise<Inspection> {
  const { root, layout, content } = await openSource(path, options.layout ?? null);
  const surveyed: SurveyedClip[] = [];
  for (const files of content.clips) {
    throwIfCanceled(options.signal);
    surveyed.push(await surveyClip(root, files, options.signal));
    options.onClip?.(surveyed.length, content.clips.length);
  }
  assertSomethingDecodes(surveyed.map(({ clip }) => clip));
  const { clips, unmatched } = await label(
    content,
    surveyed.map(({ clip }) => clip),
  );
  const report: ImportReport = {
    layout,
    clips: clips.map(describeClip),
    unmatched: [...content.unmatched, ...unmatched],
    warnings: [
      ...(content.warnings ?? []),
      ...surveyed.flatMap(({ warnings }) => warnings),
      ...duplicateWarnings(surveyed),
      ...clips.flatMap(warningsOf),
    ],
    totalBytes: surveyed.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
  };
  return { report, plan: { root, layout, clips } };
}

async function openSource(path: string, asked: DatasetLayout | null) {
  const stats = await lstat(path).catch((cause: unknown) => {
    throw new AppError("NOT_FOUND", `${basename(path)} cannot be opened: there is no such folder or file.`, {
      cause,
    });
  });
  if (stats.isFile() && hasVideoExtension(path)) return singleVideo(path);
  if (!stats.isDirectory()) {
    throw new AppError("UNKNOWN_LAYOUT", `${basename(path)} is neither a folder nor a video file.`);
  }
  const { root, reader } = await detectLayout(path, asked);
  return { root, layout: reader.layout, content: await reader.read(root) };
}

function singleVideo(path: string) {
  const file = basename(path);
  const content: LayoutContent = {
    clips: [
      {
        ...{ name: withoutExtension(file), split: "TRAIN", kind: "VIDEO", masks: null },
        source: { kind: "VIDEO", file },
      },
    ],
    unmatched: [],
    readLabels: async () => null,
  };
  return { root: dirname(path), layout: "VIDEO_FOLDER" as const, content };
}

function assertSomethingDecodes(clips: readonly PlanClip[]): void {
  const [first] = clips;
  if (first === undefined)
    throw new AppError("EMPTY_SOURCE", "The source is empty: it holds no clip to import.");
  if (first.quarantineReason !== null && clips.every((clip) => clip.quarantineReason !== null)) {
    throw new AppError("DECODE_FAILED", first.quarantineReason);
  }
}

/** Label files speak of the test clips, in a set without test clips of all, and of the validation clips. */
async function label(
  content: LayoutContent,
  clips: readonly PlanClip[],
): Promise<{ clips: readonly PlanClip[]; unmatched: readonly string[] }> {
  const hasTests = clips.some((clip) => clip.split === "TEST");
  const partOf = ({ split }: PlanClip): LabelledSplit | null =>
    split === "VALIDATION" || split === "TEST" ? split : hasTests ? null : "TEST";
  const of = (part: LabelledSplit) => clips.filter((clip) => clip.frameCount > 0 && partOf(clip) === part);
  const hasValidation = of("VALIDATION").length > 0;
  const files = {
    TEST: await content.readLabels(of("TEST"), "TEST"),
    VALIDATION: hasValidation ? await content.readLabels(of("VALIDATION"), "VALIDATION") : null,
  };
  // What one part's clips leave over of a file may be the other's.
  const known = new Set([...(files.TEST?.labels.keys() ?? []), ...(files.VALIDATION?.labels.keys() ?? [])]);
  const entries = [...(files.TEST?.unmatched ?? []), ...(files.VALIDATION?.unmatched ?? [])];
  return {
    clips: clips.map((clip) => {
      const part = partOf(clip);
      const file = part === null ? null : files[part];
      return file === null ? clip : { ...clip, labels: file.labels.get(clip.name) ?? null };
    }),
    unmatched: [...new Set(entries)].filter((name) => !known.has(name)),
  };
}

function describeClip(clip: PlanClip): ImportReport["clips"][number] {
  const isKnown = clip.width > 0;
  return {
    name: clip.name,
    split: clip.split,
    kind: clip.kind,
    frameCount: clip.frameCount,
    width: isKnown ? clip.width : null,
    height: isKnown ? clip.height : null,
    frameRate: clip.frameRate,
    isVariableFrameRate: clip.isVariableFrameRate,
    hasLabels: clip.labels !== null,
    hasMasks: clip.masks !== null,
    maskedFrames: clip.masks === null ? 0 : clip.masks.filter((mask) => mask !== null).length,
    abnormalFrames: clip.labels === null ? null : countAbnormal(clip.labels),
    quarantineReason: clip.quarantineReason,
  };
}

function warningsOf(clip: PlanClip): string[] {
  if (clip.quarantineReason !== null) return [];
  const warnings: string[] = [];
  if (clip.kind === "VIDEO" && clip.frameCount < FEWEST_USEFUL_FRAMES) {
    warnings.push(
      `Clip ${clip.name} has ${clip.frameCount} frames: a model needs at least ${FEWEST_USEFUL_FRAMES}.`,
    );
  }
  if (clip.isVariableFrameRate) {
    warnings.push(`Clip ${clip.name} has a variable frame rate: its frames are placed by their own times.`);
  }
  const abnormal = clip.labels === null ? 0 : countAbnormal(clip.labels);
  if (clip.split === "VALIDATION" && clip.labels === null) {
    warnings.push(`Clip ${clip.name} is for validation, but no label file speaks of it: it is of no use.`);
  }
  if (clip.split !== "TEST" && clip.split !== "VALIDATION" && abnormal > 0) {
    warnings.push(`Clip ${clip.name} is for training, but ${abnormal} of its frames are labelled abnormal.`);
  }
  return warnings;
}
