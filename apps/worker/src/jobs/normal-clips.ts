// The clips that a model learns what is normal from, whoever trained it.
import { AppError } from "@engram/core";
import { type ClipSummary, findClip, findDatasetVersion, listClips } from "@engram/db";
import { type OpenClip, openClip } from "../frames/open-clip.ts";
import { startPhase } from "../progress.ts";
import type { JobContext } from "./job-context.ts";

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
    (clip) => clip.split !== "TEST",
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
export async function withNormalClips<T>(
  context: JobContext,
  clips: readonly ClipSummary[],
  size: number,
  use: (clips: NormalClips) => Promise<T>,
): Promise<T> {
  const opened: OpenClip[] = [];
  try {
    return await use(await openAll(context, clips, size, opened));
  } finally {
    for (const clip of opened) await clip.close();
  }
}

async function openAll(
  context: JobContext,
  clips: readonly ClipSummary[],
  size: number,
  opened: OpenClip[],
): Promise<NormalClips> {
  const total = clips.reduce((sum, clip) => sum + clip.frameCount, 0);
  const phase = startPhase({ ...context, phase: "decode", unit: "frames", total });
  const sources: { train: OpenClip[]; calibration: OpenClip[] } = { train: [], calibration: [] };
  let done = 0;
  for (const { id, name } of clips) {
    context.signal.throwIfAborted();
    const clip = await findClip(context.db, context.job.projectId, id);
    if (clip === null) throw new AppError("NOT_FOUND", `Clip "${name}" does not exist any more.`);
    const source = await openClip(context, clip, size, (frames) => phase.update(done + frames));
    opened.push(source);
    (clip.split === "TRAIN" ? sources.train : sources.calibration).push(source);
    done += clip.frameCount;
    phase.update(done);
  }
  return sources;
}
