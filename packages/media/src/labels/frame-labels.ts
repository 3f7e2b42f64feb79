// Ground truth per frame: uint8, 1 = abnormal. Every label file is checked against the frames it speaks of.
import { AppError } from "@engram/core";
import { z } from "zod";
import { parseNpy } from "./npy.ts";

export interface ClipLength {
  readonly name: string;
  readonly frameCount: number;
}

/** Labels by clip name, and the entries of the file that belong to no clip. */
export interface LabelFile {
  readonly labels: ReadonlyMap<string, Uint8Array>;
  readonly unmatched: readonly string[];
}

/** Frames first … last, counted from 0, both abnormal. */
export interface FrameRange {
  readonly first: number;
  readonly last: number;
}

const jsonLabelsSchema = z.record(z.string(), z.array(z.union([z.int().min(0).max(1), z.boolean()])));

/** `{clip: [0, 1, …]}`. @throws AppError BAD_INPUT, LABEL_MISMATCH */
export function parseJsonLabels(text: string, clips: readonly ClipLength[], file: string): LabelFile {
  const parsed = jsonLabelsSchema.safeParse(parseJson(text, file));
  if (!parsed.success) {
    const at = parsed.error.issues[0]?.path.join(".") ?? "";
    throw new AppError(
      "BAD_INPUT",
      `${file} cannot be read: expected {clip: [0, 1, …]}, which it is not at "${at}".`,
    );
  }
  const labels = new Map<string, Uint8Array>();
  for (const clip of clips) {
    const values = parsed.data[clip.name];
    if (values === undefined) continue;
    assertLength(clip, values.length, file);
    labels.set(clip.name, Uint8Array.from(values, Number));
  }
  return { labels, unmatched: Object.keys(parsed.data).filter((name) => !labels.has(name)) };
}

/** One array of the labels of all clips, one after the other. @throws AppError BAD_INPUT, LABEL_MISMATCH */
export function parseNpyLabels(bytes: Uint8Array, clips: readonly ClipLength[], file: string): LabelFile {
  const { data, shape } = parseNpy(bytes, file);
  if (shape.length === 2 && !shape.includes(1)) {
    throw new AppError("BAD_INPUT", `${file} has shape ${shape.join("×")}, expected one row of labels.`);
  }
  const total = clips.reduce((sum, clip) => sum + clip.frameCount, 0);
  if (data.length !== total) {
    const [only] = clips;
    const whose =
      clips.length === 1 && only ? `clip ${only.name} has` : `the ${clips.length} test clips have`;
    throw new AppError(
      "LABEL_MISMATCH",
      `${file} holds ${data.length} labels, but ${whose} ${total} frames.`,
    );
  }
  const odd = data.find((value) => value !== 0 && value !== 1);
  if (odd !== undefined) {
    throw new AppError("BAD_INPUT", `${file} holds the label ${odd}, expected 0 or 1.`);
  }
  const labels = new Map<string, Uint8Array>();
  let start = 0;
  for (const clip of clips) {
    labels.set(clip.name, Uint8Array.from(data.subarray(start, start + clip.frameCount)));
    start += clip.frameCount;
  }
  return { labels, unmatched: [] };
}

/**
 * UCSD's MATLAB files: the n-th `gt_frame = [61:180, 200:210]` holds the one-based inclusive ranges of the n-th clip.
 *
 * @throws AppError BAD_INPUT, LABEL_MISMATCH
 */
export function parseMatlabRanges(text: string, clips: readonly ClipLength[], file: string): LabelFile {
  const uncommented = text.replace(/%.*$/gm, "");
  const lists = [...uncommented.matchAll(/gt_frame\s*=\s*\[([^\]]*)\]/g)].map((match) => match[1] ?? "");
  if (lists.length !== clips.length) {
    throw new AppError(
      "LABEL_MISMATCH",
      `${file} describes ${lists.length} clips, but there are ${clips.length} test clips.`,
    );
  }
  const labels = new Map<string, Uint8Array>();
  clips.forEach((clip, i) => {
    const ranges = (lists[i]!.match(/\d+(\s*:\s*\d+)?/g) ?? []).map((range) => {
      const [first, last = first] = range.split(":").map(Number);
      return { first: first! - 1, last: last! - 1 };
    });
    labels.set(clip.name, labelsFromRanges(clip, ranges, file));
  });
  return { labels, unmatched: [] };
}

/** @throws AppError LABEL_MISMATCH when a range leaves the clip */
export function labelsFromRanges(
  clip: ClipLength,
  ranges: readonly FrameRange[],
  file: string,
): Uint8Array<ArrayBuffer> {
  const labels = new Uint8Array(clip.frameCount);
  for (const { first, last } of ranges) {
    if (first < 0 || last < first || last >= clip.frameCount) {
      throw new AppError(
        "LABEL_MISMATCH",
        `${file} marks frames ${first} to ${last} of clip ${clip.name}, which has ${clip.frameCount} frames (0 to ${clip.frameCount - 1}).`,
      );
    }
    labels.fill(1, first, last + 1);
  }
  return labels;
}

export function countAbnormal(labels: Uint8Array): number {
  return labels.reduce((sum, label) => sum + label, 0);
}

function assertLength(clip: ClipLength, labelCount: number, file: string): void {
  if (labelCount === clip.frameCount) return;
  throw new AppError(
    "LABEL_MISMATCH",
    `${file} holds ${labelCount} labels for clip ${clip.name}, which has ${clip.frameCount} frames.`,
  );
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AppError("BAD_INPUT", `${file} cannot be read: it is no JSON.`, { cause });
  }
}
