import { evaluationSchema, type JobProgress, type Lane, type Precision, type ScoreInput } from "@engram/core";
import {
  findJobAnywhere,
  handBackJob,
  type Job,
  listClips,
  listScoredClipIds,
  type ModelVersion,
  readErrorMapBlock,
  readHistogram,
  readPyramid,
  readScoreBlocks,
  requestJobCancel,
  transitionJob,
} from "@engram/db";
import { openDevice } from "@engram/engine";
import { startTestDatabase } from "@engram/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ingestScene, newScoringRun, trainInputOf, trainModel } from "../../testing/pipeline.ts";
import { type Rig, smallHyperparameters, startRig } from "../../testing/rig.ts";
import { evaluate } from "../evaluate/handler.ts";
import { score } from "./handler.ts";

let rig: Rig;
let scene: string;
let model: ModelVersion;

beforeAll(async () => {
  rig = await startRig(await startTestDatabase());
  scene = await ingestScene(rig, "scene");
  // Every frame updates the memory: a resumed run that forgot it would score otherwise.
  model = await trainModel(
    rig,
    await trainInputOf(rig, scene, { hyperparameters: smallHyperparameters({ gamma: 1 }) }),
  );
});
afterAll(() => rig.close());

const inputOf = (runId: string, precision: Precision = "FP32"): ScoreInput => ({
  ...{ scoringRunId: runId, modelVersionId: model.id, datasetVersionId: scene },
  ...{ precision, memory: "UPDATE" },
});

async function storedValues(runId: string): Promise<number[][]> {
  const clips = await listClips(
    rig.db,
    { projectId: rig.owner.projectId, datasetVersionId: scene },
    { split: "TEST" },
  );
  const values: number[][] = [];
  for (const { id } of clips) {
    const blocks = await readScoreBlocks(rig.db, { scoringRunId: runId, clipId: id }, 0, 0);
    values.push(Array.from(blocks[0]?.values ?? []));
  }
  return values;
}

describe("score", () => {
  it("stores lanes, histograms, maps and pyramid of every test clip, gaps where nothing can be scored", async () => {
    const { job, run } = await newScoringRun(rig, model, scene);
    const context = await rig.contextOf(await rig.claimJob(job));
    const result = await score(context, inputOf(run.id));
    const projectId = rig.owner.projectId;
    const clips = await listClips(rig.db, { projectId, datasetVersionId: scene }, { split: "TEST" });
    expect(new Set(await listScoredClipIds(rig.db, run.id))).toEqual(new Set(clips.map(({ id }) => id)));
    expect(result.scoredFrames).toBe(clips.length * (16 - 4));
    expect(result.memoryUpdates).toBe(result.scoredFrames);
    const clip = { scoringRunId: run.id, clipId: clips[0]?.id ?? "" };
    const [block] = await readScoreBlocks(rig.db, clip, 0, 0);
    expect(Array.from(block?.values.subarray(0, 5) ?? []).map(Number.isNaN)).toEqual([
      true,
      true,
      true,
      true,
      false,
    ]);
    expect(block?.statistics[0]?.count).toBe(12);
    expect(await readHistogram(rig.db, clip, 3)).toBeNull();
    expect((await readHistogram(rig.db, clip, 4))?.counts.reduce((sum, count) => sum + count, 0)).toBe(
      32 * 32,
    );
    const corrected = await readHistogram(rig.db, clip, 4, "CORRECTED");
    expect(corrected?.counts.reduce((sum, count) => sum + count, 0)).toBe(32 * 32);
    const laneOf = (lane: Lane) => block!.values.at(block!.lanes.indexOf(lane) * block!.frameCount + 4)!;
    expect(laneOf("PEAK_ERROR")).toBeGreaterThan(0);
    expect(laneOf("CORRECTED_ERROR")).toBeLessThan(laneOf("PEAK_ERROR"));
    const maps = await readErrorMapBlock(rig.db, clip, 4);
    expect(maps?.offsets).toHaveLength(17);
    expect(maps?.offsets[4]).toBe(0);
    expect(maps?.offsets[5]).toBeGreaterThan(0);
    const pyramid = await readPyramid(rig.db, clip, 4, 0, 0);
    expect(pyramid[0]?.values[3]).toBe(12);
    const done = context.reports.findLast(({ phase }) => phase === "score");
    expect(done).toMatchObject({ unit: "frames", done: clips.length * 16, total: clips.length * 16 });
  });

  it("leaves the memory as trained where that is asked for, so that no clip depends on those before it", async () => {
    const { job, run } = await newScoringRun(rig, model, scene);
    const frozen = { ...inputOf(run.id), memory: "FROZEN" } as const;
    const result = await score(await rig.contextOf(await rig.claimJob(job)), frozen);
    expect(result.memoryUpdates).toBe(0);
    const updating = await newScoringRun(rig, model, scene);
    await score(await rig.contextOf(await rig.claimJob(updating.job)), inputOf(updating.run.id));
    expect(await storedValues(run.id)).not.toEqual(await storedValues(updating.run.id));
  });

  it("evaluates against the ground truth, and EVALUATE finds the same from the stored scores", async () => {
    const { job, run } = await newScoringRun(rig, model, scene);
    await score(await rig.contextOf(await rig.claimJob(job)), inputOf(run.id));
    const first = await rig.db.prisma.scoringRun.findUniqueOrThrow({ where: { id: run.id } });
    const evaluation = evaluationSchema.parse(first.evaluation);
    expect(evaluation.scoredFrames).toBeGreaterThan(0);
    const { localization } = evaluation;
    expect(localization?.frames).toBe(evaluation.scoredFrames);
    expect(localization?.pixelFigures.map(({ map, auroc }) => [map, typeof auroc.value])).toEqual([
      ["RAW", "number"],
      ["CORRECTED", "number"],
    ]);
    expect(first.policyId).not.toBeNull();
    await transitionJob(rig.db, { id: job.id }, ["STARTING"], "RUNNING");
    await transitionJob(rig.db, { id: job.id }, ["RUNNING"], "SUCCEEDED");
    const input = { scoringRunId: run.id };
    await evaluate(await rig.contextOf(await rig.createJob("EVALUATE", input)), input);
    const second = await rig.db.prisma.scoringRun.findUniqueOrThrow({ where: { id: run.id } });
    expect(second.evaluation).toEqual(first.evaluation);
  });

  it("goes on after an interruption with the memory of the last whole clip, to the same numbers", async () => {
    const whole = await newScoringRun(rig, model, scene);
    await score(await rig.contextOf(await rig.claimJob(whole.job)), inputOf(whole.run.id));

    const { job, run } = await newScoringRun(rig, model, scene);
    const claim = await rig.claimJob(job);
    const stop = new AbortController();
    const report = ({ phase, done }: JobProgress) => {
      if (phase === "score" && done >= 16 + 8) stop.abort();
    };
    await expect(
      score(await rig.contextOf(claim, { report, signal: stop.signal }), inputOf(run.id)),
    ).rejects.toThrow();
    expect(await listScoredClipIds(rig.db, run.id)).toHaveLength(1);

    const cutOff = await findJobAnywhere(rig.db, job.id);
    const resume = cutOff?.resume ?? null;
    const result = await score(await rig.contextOf({ ...claim, resume }), inputOf(run.id));
    expect(await storedValues(run.id)).toEqual(await storedValues(whole.run.id));
    expect(result.scoredFrames).toBe(result.memoryUpdates);
  });

  it("scores in 8 bits to lanes near those of float32, and the same ones after an interruption", async () => {
    const exact = await newScoringRun(rig, model, scene);
    await score(await rig.contextOf(await rig.claimJob(exact.job)), inputOf(exact.run.id));
    const whole = await newScoringRun(rig, model, scene, "INT8");
    await score(await rig.contextOf(await rig.claimJob(whole.job)), inputOf(whole.run.id, "INT8"));
    const [expected, came] = [await storedValues(exact.run.id), await storedValues(whole.run.id)];
    expect(came).not.toEqual(expected);
    for (const [clip, values] of came.entries()) {
      for (const [i, value] of values.entries()) {
        const reference = expected[clip]![i]!;
        expect(Number.isNaN(value)).toBe(Number.isNaN(reference));
        // What is left of a frame's errors after correction may be nothing at all.
        if (!Number.isNaN(value))
          expect(Math.abs(value - reference)).toBeLessThan(0.1 * Math.abs(reference) + 1e-3);
      }
    }

    const { job, run } = await newScoringRun(rig, model, scene, "INT8");
    const claim = await rig.claimJob(job);
    const stop = new AbortController();
    const report = ({ phase, done }: JobProgress) => {
      if (phase === "score" && done >= 16 + 8) stop.abort();
    };
    const cut = score(await rig.contextOf(claim, { report, signal: stop.signal }), inputOf(run.id, "INT8"));
    await expect(cut).rejects.toThrow();
    const resume = (await findJobAnywhere(rig.db, job.id))?.resume ?? null;
    await score(await rig.contextOf({ ...claim, resume }), inputOf(run.id, "INT8"));
    expect(await storedValues(run.id)).toEqual(came);
  });

  it("refuses 8 bits in a sentence on a device that cannot", async () => {
    const { job, run } = await newScoringRun(rig, model, scene, "INT8");
    const context = await rig.contextOf(await rig.claimJob(job), {
      openDevice: () => openDevice("tfjs-cpu"),
    });
    await expect(score(context, inputOf(run.id, "INT8"))).rejects.toThrow(
      "Device tfjs-cpu computes in FP32 only: precision INT8 needs the device onnx-cpu.",
    );
  });

  it("leaves nothing of a run that was canceled", async () => {
    const { job, run } = await newScoringRun(rig, model, scene);
    await score(await rig.contextOf(await rig.claimJob(job)), inputOf(run.id));
    await requestJobCancel(rig.db, rig.owner.projectId, job.id);
    await handBackJob(rig.db, { id: job.id, attempt: 1 }, "It stopped.");
    expect(await listScoredClipIds(rig.db, run.id)).toEqual([]);
    expect(await rig.db.prisma.errorMapBlock.count({ where: { scoringRunId: run.id } })).toBe(0);
    expect(await rig.db.prisma.scoringRun.findUnique({ where: { id: run.id } })).toMatchObject({
      state: "CANCELED",
      evaluation: null,
    });
  });

  it("leaves the memory to the attempt that the job was given to meanwhile", async () => {
    const { job, run } = await newScoringRun(rig, model, scene);
    const claim = await rig.claimJob(job);
    const report = ({ phase, done }: JobProgress) => {
      if (phase === "score" && done >= 16 + 8) handedBack ??= handBackJob(rig.db, claim, "It was lost.");
    };
    let handedBack: Promise<Job | null> | undefined;
    await expect(score(await rig.contextOf(claim, { report }), inputOf(run.id))).rejects.toMatchObject({
      code: "CONFLICT",
    });
    const next = await handedBack;
    if (!next) throw new Error("The job was not handed back.");
    const { memoryHash } = next.resume as { memoryHash: string };
    expect(await rig.blobs.has(memoryHash)).toBe(true);
  });
});
