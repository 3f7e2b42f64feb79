"use client";
// All that is shown of one frame, fetched as one: picture, scores, error map and masks in view always belong together.
import {
  type ClipFieldsFragment,
  EngramApiError,
  type EngramClient,
  type FrameScoreQuery,
  frameScoreQuery,
} from "@engram/sdk";
import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { send } from "../../lib/use-api.ts";
import type { StoredErrors } from "./heat-map.ts";
import { decodeRuns, outlinePath } from "./mask-outline.ts";

type ClipNode = Extract<FrameScoreQuery["node"], { __typename: "Clip" }>;
export type FrameScore = NonNullable<ClipNode["frameScore"]>;

export interface Outline {
  readonly width: number;
  readonly height: number;
  readonly path: string;
}

/** A part of the view, or the sentence why it is missing. */
export type Part<T> = { readonly value: T } | { readonly missing: string };

export interface FrameView {
  readonly frame: number;
  /** of a picture of a set */
  readonly name: string | null;
  readonly picture: Part<ImageBitmap>;
  readonly score: Part<FrameScore>;
  readonly errors: Part<StoredErrors>;
  readonly mask: Outline | null;
  readonly truthMask: Outline | null;
}

export interface FrameSource {
  readonly clip: Pick<ClipFieldsFragment, "id" | "frameUrlTemplate" | "maskUrlTemplate">;
  readonly scoringRunId: string;
  /** scores of a finished run do not change any more */
  readonly isComplete: boolean;
}

export function frameViewOptions(client: EngramClient, source: FrameSource, frame: number) {
  return queryOptions({
    queryKey: ["FrameView", source.clip.id, source.scoringRunId, frame],
    queryFn: ({ signal }) => fetchFrameView(client, source, frame, signal),
    staleTime: source.isComplete ? Number.POSITIVE_INFINITY : 5000,
    gcTime: 30_000,
    placeholderData: keepPreviousData,
    structuralSharing: false,
  });
}

async function fetchFrameView(
  client: EngramClient,
  { clip, scoringRunId }: FrameSource,
  frame: number,
  signal: AbortSignal,
): Promise<FrameView> {
  const pathOf = (template: string) => template.replace("{frame}", String(frame));
  const [picture, { name, score, errors }, truthMask] = await Promise.all([
    part(async () => fetchBitmap(client, pathOf(clip.frameUrlTemplate), signal), signal),
    fetchScore(client, clip.id, scoringRunId, frame, signal),
    clip.maskUrlTemplate ? fetchTruthMask(client, pathOf(clip.maskUrlTemplate), signal) : null,
  ]);
  const mask = "value" in score ? score.value.mask : null;
  return {
    frame,
    name,
    picture,
    score,
    errors,
    mask: mask ? outlineOf(decodeRuns(mask.runs, mask.width, mask.height), mask.width, mask.height) : null,
    truthMask,
  };
}

async function fetchScore(
  client: EngramClient,
  clipId: string,
  scoringRunId: string,
  frame: number,
  signal: AbortSignal,
): Promise<{ name: string | null; score: Part<FrameScore>; errors: Part<StoredErrors> }> {
  let name: string | null = null;
  const score = await part(async () => {
    const { node } = await send(client, frameScoreQuery, { clipId, scoringRunId, frame }, signal);
    const clip = node?.__typename === "Clip" ? node : null;
    name = clip?.frameName ?? null;
    if (!clip?.frameScore) throw new EngramApiError("NOT_FOUND", "This frame has not been scored.");
    return clip.frameScore;
  }, signal);
  if ("missing" in score) return { name, score, errors: score };
  const { heatMap, reason } = score.value;
  if (!heatMap) {
    return { name, score, errors: { missing: reason ?? "No error map is kept for this frame." } };
  }
  return { name, score, errors: await part(() => fetchErrors(client, heatMap, signal), signal) };
}

async function fetchErrors(
  client: EngramClient,
  { url, width, height, bitsPerPixel }: NonNullable<FrameScore["heatMap"]>,
  signal: AbortSignal,
): Promise<StoredErrors> {
  const bytes = await (await client.fetchMedia(url, { signal })).arrayBuffer();
  const expected = (width * height * bitsPerPixel) / 8;
  if (bytes.byteLength !== expected) {
    throw new EngramApiError(
      "INTERNAL",
      `The error map has ${bytes.byteLength} bytes: expected ${expected}.`,
    );
  }
  if (bitsPerPixel === 8) return new Uint8Array(bytes);
  const view = new DataView(bytes);
  return Uint16Array.from({ length: width * height }, (_, pixel) => view.getUint16(2 * pixel, true));
}

async function fetchBitmap(client: EngramClient, path: string, signal: AbortSignal): Promise<ImageBitmap> {
  const response = await client.fetchMedia(path, { signal });
  return createImageBitmap(await response.blob());
}

/** null for a frame without a mask: most are. */
async function fetchTruthMask(
  client: EngramClient,
  path: string,
  signal: AbortSignal,
): Promise<Outline | null> {
  const mask = await part(() => fetchBitmap(client, path, signal), signal);
  if ("missing" in mask) return null;
  const { width, height } = mask.value;
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  if (!context) return null;
  context.drawImage(mask.value, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  const isSet = Uint8Array.from({ length: width * height }, (_, index) => (data[index * 4]! > 127 ? 1 : 0));
  return outlineOf(isSet, width, height);
}

function outlineOf(mask: Uint8Array, width: number, height: number): Outline | null {
  const path = outlinePath(mask, width, height);
  return path === "" ? null : { width, height, path };
}

/** One part's failure leaves the others in view; an abort ends them all. */
async function part<T>(fetchPart: () => Promise<T>, signal: AbortSignal): Promise<Part<T>> {
  try {
    return { value: await fetchPart() };
  } catch (err) {
    signal.throwIfAborted();
    return { missing: err instanceof Error ? err.message : String(err) };
  }
}
