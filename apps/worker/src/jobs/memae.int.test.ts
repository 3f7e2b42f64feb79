// MemAE through every job: a detector that scores a frame in the middle of its window, and has no feature distance.
import { evaluationSchema, resolveHyperparameters, type TrainInput } from "@engram/core";
import { ensureModel, listClips, readScoreBlocks, saveDecisionPolicy } from "@engram/db";
import { startTestDatabase } from "@engram/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ingestScene, newScoringRun, trainModel } from "../testing/pipeline.ts";
import { type Rig, startRig } from "../testing/rig.ts";
import { exportModelVersion } from "./export/handler.ts";
import { score } from "./score/handler.ts";

const SMALL = { size: 32, epochs: 1, items: 20, shrink: 0.04 };
const TEST_FRAMES = 24;
const RULES = {
  ...{ enterThreshold: 0.995, leaveThreshold: 0.9, minDurationFrames: 3, mergeGapFrames: 10 },
  ...{ smoothingFrames: 3, smoothingAlignment: "CENTRED" as const },
};

let rig: Rig;
let scene: string;
beforeAll(async () => {
  rig = await startRig(await startTestDatabase());
  const rules = { ...RULES, mix: { PSNR: 0.6, FEATURE_DISTANCE: 0.4 } };
  await saveDecisionPolicy(rig.db, { ...rig.owner, name: "default", rules });
  scene = await ingestScene(rig, "scene", { trainingFrames: 40, testFrames: TEST_FRAMES });
});
afterAll(() => rig.close());

async function modelOf(name: string): Promise<string> {
  const architecture = name === "memae" ? "MEMAE" : "MEMAE_IMAGE";
  return (await ensureModel(rig.db, { ...rig.owner, name, slug: name, architecture })).id;
}

describe.each([
  { name: "memae", before: 8, after: 7, published: "ABSOLUTE_ERROR" },
  { name: "memae-image", before: 0, after: 0, published: "PREDICTION_ERROR" },
] as const)("$name", ({ name, before, after, published }) => {
  it("trains, calibrates, scores with a gap at either end of a clip, evaluates and exports", async () => {
    const common = {
      datasetVersionId: scene,
      modelId: await modelOf(name),
      calibration: "HOLD_OUT" as const,
    };
    const input: TrainInput =
      name === "memae"
        ? {
            ...{ ...common, architecture: "MEMAE" },
            hyperparameters: resolveHyperparameters("MEMAE", "tiny", { ...SMALL, width: 3 }),
          }
        : {
            ...{ ...common, architecture: "MEMAE_IMAGE" },
            hyperparameters: resolveHyperparameters("MEMAE_IMAGE", "tiny", { ...SMALL, width: 4 }),
          };
    const model = await trainModel(rig, input);
    const { job, run } = await newScoringRun(rig, model, scene);
    const lane = run.lanes.indexOf("ABSOLUTE_ERROR");
    expect(lane).toBeGreaterThanOrEqual(0);
    expect(run.lanes).not.toContain("FEATURE_DISTANCE");

    const clips = await listClips(
      rig.db,
      { projectId: rig.owner.projectId, datasetVersionId: scene },
      { split: "TEST" },
    );
    const result = await score(await rig.contextOf(await rig.claimJob(job)), {
      ...{ scoringRunId: run.id, modelVersionId: model.id, datasetVersionId: scene },
      ...{ precision: "FP32", memory: "UPDATE" },
    });
    const scored = TEST_FRAMES - before - after;
    expect(result).toMatchObject({ scoredFrames: clips.length * scored, memoryUpdates: 0 });
    for (const { id } of clips) {
      const [block] = await readScoreBlocks(rig.db, { scoringRunId: run.id, clipId: id }, 0, 0);
      const values = [...block!.values.subarray(lane * TEST_FRAMES, (lane + 1) * TEST_FRAMES)];
      const isScored = Array.from(values, Number.isFinite);
      expect(isScored).toEqual(isScored.map((_, frame) => frame >= before && frame < TEST_FRAMES - after));
    }

    const { evaluation, policy } = await rig.db.prisma.scoringRun.findUniqueOrThrow({
      where: { id: run.id },
      include: { policy: true },
    });
    const { scoredFrames, frameAuroc, laneAuroc } = evaluationSchema.parse(evaluation);
    expect(scoredFrames).toBe(clips.length * scored);
    expect(frameAuroc).toEqual(laneAuroc[published]);
    // The project's default mixes a lane that this architecture has not.
    const mix = { REGION_ERROR: 0.5, [published]: 0.5 };
    expect(policy).toMatchObject({ name: `default-${name}`, rules: { ...RULES, mix } });

    const wanted = { modelVersionId: model.id, format: "ONNX" } as const;
    const exporting = await rig.claimJob(await rig.createJob("EXPORT", wanted));
    const { parity } = await exportModelVersion(await rig.contextOf(exporting), wanted);
    expect(parity.differences.absoluteError).toBeLessThan(1e-4);
  }, 300_000);
});
