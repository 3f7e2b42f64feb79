// What a run in 8 bits needs besides its model: normal frames, which tell the ranges of the activations. They are the
// same for every attempt, so that one goes on where another was cut off, to the same numbers.
import { AppError, type Precision } from "@engram/core";
import { findClip, listQuantizationClips, type ModelVersion } from "@engram/db";
import type { Detector, ScoringPrecision } from "@engram/detectors";
import { type OpenClip, openClip } from "../../frames/open-clip.ts";
import type { JobContext } from "../job-context.ts";

export interface OpenPrecision {
  readonly scoring: ScoringPrecision;
  /** call it when the scorer is disposed */
  close(): Promise<void>;
}

/** More clips than windows are drawn from would be opened for nothing. */
const MOST_CLIPS = 32;

/**
 * For INT8 opens clips of the data the model was trained on (`listQuantizationClips`), 32 evenly drawn from more.
 *
 * @throws AppError NOT_FOUND where the model's data is not there any more
 */
export async function openPrecision(
  context: JobContext,
  model: ModelVersion,
  detector: Detector,
  precision: Precision,
): Promise<OpenPrecision> {
  if (precision === "FP32") return { scoring: { precision }, close: async () => {} };
  const opened: OpenClip[] = [];
  const close = async () => {
    for (const clip of opened) await clip.close();
  };
  try {
    for (const id of await drawClips(context, model, detector.windowFrames)) {
      context.signal.throwIfAborted();
      const clip = await findClip(context.db, context.job.projectId, id);
      if (clip !== null) opened.push(await openClip(context, clip, detector.hyperparameters.size));
    }
    const normalFrames = opened.map((source) => ({ source, firstFrame: 0, endFrame: source.frameCount }));
    return { scoring: { precision, normalFrames }, close };
  } catch (err) {
    await close();
    throw err;
  }
}

async function drawClips(
  { db, job }: JobContext,
  { datasetVersionId }: ModelVersion,
  windowFrames: number,
): Promise<string[]> {
  const normal = await listQuantizationClips(
    db,
    { projectId: job.projectId, datasetVersionId },
    windowFrames,
  );
  if (normal.length === 0) {
    throw new AppError(
      "NOT_FOUND",
      "INT8 needs normal frames of the data that the model was trained on, and none are there.",
    );
  }
  const count = Math.min(normal.length, MOST_CLIPS);
  return Array.from({ length: count }, (_, i) => normal[Math.floor(((i + 0.5) * normal.length) / count)]!.id);
}
