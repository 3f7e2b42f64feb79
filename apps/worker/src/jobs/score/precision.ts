// What a run in 8 bits needs besides its model: normal frames, which tell the ranges of the activations. They are the
// same for every attempt, so that one goes on where another was cut off, to the same numbers.
import { AppError, type Precision } from "@engram/core";
import { findClip, listClips, type ModelVersion } from "@engram/db";
import type { ScoringPrecision } from "@engram/detectors";
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
 * For INT8 opens clips of the data the model was trained on: its calibration clips, or its training clips where it has
 * none, 32 evenly drawn from more.
 *
 * @param size side of the model's input, in pixels
 * @throws AppError NOT_FOUND where the model's data is not there any more
 */
export async function openPrecision(
  context: JobContext,
  model: ModelVersion,
  size: number,
  precision: Precision,
): Promise<OpenPrecision> {
  if (precision === "FP32") return { scoring: { precision }, close: async () => {} };
  const opened: OpenClip[] = [];
  const close = async () => {
    for (const clip of opened) await clip.close();
  };
  try {
    for (const id of await normalClips(context, model)) {
      context.signal.throwIfAborted();
      const clip = await findClip(context.db, context.job.projectId, id);
      if (clip !== null) opened.push(await openClip(context, clip, size));
    }
    const normalFrames = opened.map((source) => ({ source, firstFrame: 0, endFrame: source.frameCount }));
    return { scoring: { precision, normalFrames }, close };
  } catch (err) {
    await close();
    throw err;
  }
}

async function normalClips({ db, job }: JobContext, { datasetVersionId }: ModelVersion): Promise<string[]> {
  const clips = await listClips(db, { projectId: job.projectId, datasetVersionId });
  const held = clips.filter(({ split }) => split === "CALIBRATION");
  const normal = held.length > 0 ? held : clips.filter(({ split }) => split === "TRAIN");
  if (normal.length === 0) {
    throw new AppError(
      "NOT_FOUND",
      "INT8 needs normal frames of the data that the model was trained on, and none are there.",
    );
  }
  const count = Math.min(normal.length, MOST_CLIPS);
  return Array.from({ length: count }, (_, i) => normal[Math.floor(((i + 0.5) * normal.length) / count)]!.id);
}
