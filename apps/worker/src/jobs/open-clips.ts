// Clips of a dataset version at a model's input size, open for as long as something is done with them.
import { AppError } from "@engram/core";
import { type ClipSummary, findClip } from "@engram/db";
import { type OpenClip, openClip } from "../frames/open-clip.ts";
import { startPhase } from "../progress.ts";
import type { JobContext } from "./job-context.ts";

/** Opens the clips, in their order, decoding those that were never read at this size, and closes them after `use`. */
export async function withOpenClips<T>(
  context: JobContext,
  clips: readonly ClipSummary[],
  size: number,
  use: (opened: readonly OpenClip[]) => Promise<T>,
): Promise<T> {
  const opened: OpenClip[] = [];
  try {
    await openAll(context, clips, size, opened);
    return await use(opened);
  } finally {
    for (const clip of opened) await clip.close();
  }
}

async function openAll(
  context: JobContext,
  clips: readonly ClipSummary[],
  size: number,
  opened: OpenClip[],
): Promise<void> {
  const total = clips.reduce((sum, clip) => sum + clip.frameCount, 0);
  const phase = startPhase({ ...context, phase: "decode", unit: "frames", total });
  let done = 0;
  for (const { id, name, frameCount } of clips) {
    context.signal.throwIfAborted();
    const clip = await findClip(context.db, context.job.projectId, id);
    if (clip === null) throw new AppError("NOT_FOUND", `Clip "${name}" does not exist any more.`);
    opened.push(await openClip(context, clip, size, (frames) => phase.update(done + frames)));
    done += frameCount;
    phase.update(done);
  }
}
