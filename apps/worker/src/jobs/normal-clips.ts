// The clips that a model learns what is normal from, whoever trained it.
import { AppError, type Split } from "@engram/core";
import { type ClipSummary, findDatasetVersion, listClips } from "@engram/db";
import type { OpenClip } from "../frames/open-clip.ts";
import type { JobContext } from "./job-context.ts";
import { withOpenClips } from "./open-clips.ts";

/** The clips of a dataset version that hold nothing but normal frames. @throws AppError NO_TRAINING_CLIPS */
export async function findNormalClips(
  { db, job }: Pick<JobContext, "db" | "job">,
  datasetVersionId: string,
): Promise<ClipSummary[]> {
  const { projectId } = job;
  const version = await findDatasetVersion(db, projectId, datasetVersionId);
  if (version === null) throw new AppError("NOT_FOUND", "The dataset version does not exist any more.");
  if (version.state !== "READY") {
    throw new AppError("BAD_INPUT", "The dataset version is not ready: its import has not ended well.");
  }
  const clips = (await listClips(db, { projectId, datasetVersionId })).filter(
    ({ split }) => split === "TRAIN" || split === "CALIBRATION",
  );
  if (clips.some((clip) => clip.split === "TRAIN")) return clips;
  throw new AppError(
    "NO_TRAINING_CLIPS",
    "The dataset version has no training clips: there is nothing to learn from.",
  );
}

interface NormalClips {
  readonly train: readonly OpenClip[];
  readonly calibration: readonly OpenClip[];
}

/** Opens the clips at the model's input size for as long as `use` takes. */
export function withNormalClips<T>(
  context: JobContext,
  clips: readonly ClipSummary[],
  size: number,
  use: (clips: NormalClips) => Promise<T>,
): Promise<T> {
  return withOpenClips(context, clips, size, (opened) => use(bySplit(clips, opened)));
}

/** @param opened of each of the clips, in their order */
export function bySplit(clips: readonly ClipSummary[], opened: readonly OpenClip[]): NormalClips {
  const of = (split: Split) => opened.filter((_, index) => clips[index]?.split === split);
  return { train: of("TRAIN"), calibration: of("CALIBRATION") };
}
