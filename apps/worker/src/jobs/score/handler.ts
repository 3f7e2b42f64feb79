// SCORE: the clips of a dataset version in order, frame by frame, the memory carried along; then events and evaluation.
import { AppError, calibrationSchema, type jobResultSchemas, type ScoreInput } from "@engram/core";
import {
  type ClipScorePart,
  type ClipSummary,
  findClip,
  findModelVersion,
  findScoringRun,
  listClips,
  type ScoringRun,
  writeClipScores,
} from "@engram/db";
import { type FrameResult, openScorer, readModelCheckpoint, type Scorer } from "@engram/detectors";
import type { z } from "zod";
import { concludeRun } from "../../evaluation/conclude-run.ts";
import { type OpenClip, openClip } from "../../frames/open-clip.ts";
import { pictureSizes } from "../../frames/picture-sizes.ts";
import { type Phase, startPhase } from "../../progress.ts";
import type { JobContext } from "../job-context.ts";
import { openCheckpoint } from "../open-checkpoint.ts";
import { openPrecision } from "./precision.ts";
import { recordClip } from "./record-blocks.ts";
import { loadMemory, readScoreResume, type ScoreResume, saveScoreResume } from "./resume.ts";

type ScoreResult = z.infer<typeof jobResultSchemas.SCORE>;

export async function score(context: JobContext, input: ScoreInput): Promise<ScoreResult> {
  const { projectId } = context.job;
  const run = await findScoringRun(context.db, projectId, input.scoringRunId);
  const model = await findModelVersion(context.db, projectId, input.modelVersionId);
  if (run === null || model === null) {
    throw new AppError("NOT_FOUND", "The scoring run or its model version does not exist any more.");
  }
  const clips = await clipsToScore(context, input.datasetVersionId);
  const resume = await usableResume(context);
  const trained = await readModelCheckpoint(await openCheckpoint(context.blobs, model.checkpointHash));
  const precision = await openPrecision(context, model, trained.detector, input.precision);
  try {
    const scorer = await openScorer({
      ...{ detector: trained.detector, state: trained.state, device: await context.openDevice() },
      ...{ memory: input.memory, precision: precision.scoring },
      backgroundError: calibrationSchema.parse(model.calibration).backgroundError,
      ...(resume && { startMemory: await loadMemory(context.blobs, resume.memoryHash) }),
    });
    try {
      const scoring = new RunScoring(context, run, scorer, clips, resume);
      await scoring.scoreClips();
      await concludeRun(context, run, model, clips);
      return { scoringRunId: run.id, ...scoring.totals, millisecondsPerFrame: scoring.millisecondsPerFrame };
    } finally {
      await scorer.dispose();
    }
  } finally {
    await precision.close();
  }
}

/** The test clips, or all where the version has none. */
async function clipsToScore({ db, job }: JobContext, datasetVersionId: string): Promise<ClipSummary[]> {
  const clips = await listClips(db, { projectId: job.projectId, datasetVersionId });
  const test = clips.filter((clip) => clip.split === "TEST");
  const chosen = test.length > 0 ? test : clips;
  if (chosen.length > 0) return chosen;
  throw new AppError("BAD_INPUT", "The dataset version has no clip that can be scored.");
}

async function usableResume({ job, blobs, log }: JobContext): Promise<ScoreResume | null> {
  const resume = readScoreResume(job.resume);
  if (resume === null || (await blobs.has(resume.memoryHash))) return resume;
  log.warn("The memory of the last attempt is gone: scoring begins again.");
  return null;
}

class RunScoring {
  private readonly context: JobContext;
  private readonly run: ScoringRun;
  private readonly scorer: Scorer;
  private readonly clips: readonly ClipSummary[];
  private resume: ScoreResume | null;
  private elapsedMs = 0;
  private framesTimed = 0;
  totals: ScoreResume["totals"];

  constructor(
    context: JobContext,
    run: ScoringRun,
    scorer: Scorer,
    clips: readonly ClipSummary[],
    resume: ScoreResume | null,
  ) {
    this.context = context;
    this.run = run;
    this.scorer = scorer;
    this.clips = clips;
    this.resume = resume;
    this.totals = resume?.totals ?? { scoredFrames: 0, flaggedFrames: 0, memoryUpdates: 0 };
  }

  /** of this attempt, decoding included; the first frame, which compiles, left out */
  get millisecondsPerFrame(): number | null {
    return this.framesTimed === 0 ? null : this.elapsedMs / this.framesTimed;
  }

  async scoreClips(): Promise<void> {
    const clipsDone = this.resume?.clipsDone ?? 0;
    let framesDone = countFrames(this.clips.slice(0, clipsDone));
    const phase = startPhase({
      ...this.context,
      ...{ phase: "score", unit: "frames", total: countFrames(this.clips), alreadyDone: framesDone },
    });
    for (const [index, clip] of this.clips.entries()) {
      if (index < clipsDone) continue;
      this.context.signal.throwIfAborted();
      await this.scoreClip(clip, phase, framesDone);
      framesDone += clip.frameCount;
      phase.update(framesDone, this.figures());
      const at = { clipsDone: index + 1, totals: this.totals };
      const memory = await this.scorer.readMemory();
      this.resume = await saveScoreResume(this.context, memory, at, this.resume?.memoryHash ?? null);
    }
  }

  private async scoreClip(summary: ClipSummary, phase: Phase, framesBefore: number): Promise<void> {
    const { db, blobs, job } = this.context;
    const clip = await findClip(db, job.projectId, summary.id);
    if (clip === null) throw new AppError("NOT_FOUND", `Clip "${summary.name}" does not exist any more.`);
    const { detector } = this.scorer;
    const source = await openClip(this.context, clip, detector.hyperparameters.size);
    try {
      const parts = recordClip(this.countedFrames(source, phase, framesBefore), {
        blobs,
        lanes: detector.lanes,
        frameCount: clip.frameCount,
        kind: clip.kind,
        sizeOf: pictureSizes(clip),
        size: detector.hyperparameters.size,
        maskThreshold: this.run.maskThreshold,
      });
      await writeClipScores(db, { scoringRunId: this.run.id, clipId: clip.id }, this.countedFlags(parts));
    } finally {
      await source.close();
    }
  }

  private async *countedFrames(
    source: OpenClip,
    phase: Phase,
    framesBefore: number,
  ): AsyncGenerator<FrameResult> {
    const { clock, signal } = this.context;
    let last: number | null = this.framesTimed === 0 && this.elapsedMs === 0 ? null : clock();
    for await (const result of this.scorer.scoreClip(source, undefined, signal)) {
      const now = clock();
      if (last !== null) {
        this.elapsedMs += now - last;
        this.framesTimed++;
      }
      last = now;
      const { scoredFrames, flaggedFrames, memoryUpdates } = this.totals;
      this.totals = {
        scoredFrames: scoredFrames + 1,
        flaggedFrames,
        memoryUpdates: memoryUpdates + (result.memoryUpdated ? 1 : 0),
      };
      yield result;
      phase.update(framesBefore + result.frameIndex + 1, this.figures());
    }
  }

  private async *countedFlags(parts: AsyncIterable<ClipScorePart>): AsyncGenerator<ClipScorePart> {
    for await (const part of parts) {
      const flaggedFrames = this.totals.flaggedFrames + (part.masks?.length ?? 0);
      this.totals = { ...this.totals, flaggedFrames };
      yield part;
    }
  }

  private figures(): Record<string, number | null> {
    return { msPerFrame: this.millisecondsPerFrame, flaggedFrames: this.totals.flaggedFrames };
  }
}

function countFrames(clips: readonly ClipSummary[]): number {
  return clips.reduce((sum, clip) => sum + clip.frameCount, 0);
}
