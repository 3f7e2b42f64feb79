import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { inflate } from "node:zlib";
import { calibrationSchema, type DecisionPolicyRules, LANES, resolveHyperparameters } from "@engram/core";
import {
  type Clip,
  createScoringRun,
  ensureModel,
  type ModelVersion,
  readErrorMapBlock,
  readMasks,
  type ScoringRun,
  saveDecisionPolicy,
  saveScoringRunPolicy,
} from "@engram/db";
import { dequantizeErrorMap, runLengthArea } from "@engram/numerics";
import { startTestDatabase } from "@engram/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pictureSizes } from "../../frames/picture-sizes.ts";
import { PICTURE_SET, writePictureSet } from "../../testing/picture-set.ts";
import { trainModel } from "../../testing/pipeline.ts";
import { ingestInput, type Rig, startRig } from "../../testing/rig.ts";
import { ingest } from "../ingest/handler.ts";
import { score } from "./handler.ts";

const ARCHITECTURE = "MNAD_RECONSTRUCTION";
const SIZE = 32;

/** The tests are of what becomes of flagged pictures: a model as small as this would not flag enough of them. */
const MASK_THRESHOLD = 0.1;
const EAGER: DecisionPolicyRules = {
  ...{ mix: { PREDICTION_ERROR: 1 }, enterThreshold: 0.3, leaveThreshold: 0.1 },
  ...{ minDurationFrames: 3, mergeGapFrames: 10, smoothingFrames: 3, smoothingAlignment: "CENTRED" },
};

let rig: Rig;

beforeAll(async () => {
  rig = await startRig(await startTestDatabase());
});
afterAll(() => rig.close());

interface Scored {
  readonly clips: readonly Clip[];
  readonly model: ModelVersion;
  readonly run: ScoringRun;
}

/** The way of a set from its folder to its events, with as small a model as there is. */
async function scoreSet(folder: string, slug: string, epochs: number): Promise<Scored> {
  const input = ingestInput(folder, { datasetName: slug, datasetSlug: slug });
  const context = await rig.contextOf(await rig.createJob("INGEST", input), { importRoots: [folder] });
  const { datasetVersionId } = await ingest(context, input);
  if (datasetVersionId === null) throw new Error("The set was not stored.");
  const name = { name: slug, slug, architecture: ARCHITECTURE } as const;
  const model = await trainModel(rig, {
    ...{ datasetVersionId, calibration: "HOLD_OUT", architecture: ARCHITECTURE },
    modelId: (await ensureModel(rig.db, { ...rig.owner, ...name })).id,
    hyperparameters: resolveHyperparameters(ARCHITECTURE, "tiny", { size: SIZE, width: 4, epochs }),
  });
  const { job, scoringRun } = await createScoringRun(rig.db, {
    ...{ ...rig.owner, modelVersionId: model.id, datasetVersionId, precision: "FP32" },
    lanes: LANES[ARCHITECTURE],
    maskThreshold: MASK_THRESHOLD,
  });
  const policy = await saveDecisionPolicy(rig.db, { ...rig.owner, name: "eager", rules: EAGER });
  await saveScoringRunPolicy(rig.db, rig.owner.projectId, scoringRun.id, policy.id);
  await score(await rig.contextOf(await rig.claimJob(job)), {
    ...{ scoringRunId: scoringRun.id, modelVersionId: model.id, datasetVersionId },
    ...{ precision: "FP32", memory: "UPDATE" },
  });
  return {
    model,
    clips: await rig.db.prisma.clip.findMany({ where: { datasetVersionId }, orderBy: { ordinal: "asc" } }),
    run: await rig.db.prisma.scoringRun.findUniqueOrThrow({ where: { id: scoringRun.id } }),
  };
}

/** Masks are in the pixels of their picture, whatever its size. */
async function expectMasksOfPictureSize({ run, clips }: Scored): Promise<number> {
  let masks = 0;
  for (const clip of clips) {
    const sizeOf = pictureSizes(clip)!;
    const scope = { scoringRunId: run.id, clipId: clip.id };
    for (const mask of await readMasks(rig.db, scope, 0, clip.frameCount - 1)) {
      const { width, height } = sizeOf(mask.frameIndex);
      expect([mask.width, mask.height]).toEqual([width, height]);
      expect(mask.runs.reduce((sum, length) => sum + length, 0)).toBe(width * height);
      expect(runLengthArea(mask.runs)).toBe(mask.areaPx);
      for (const { x, y, ...box } of mask.regions) {
        expect(x + box.width).toBeLessThanOrEqual(width);
        expect(y + box.height).toBeLessThanOrEqual(height);
      }
      masks++;
    }
  }
  return masks;
}

describe("a set of pictures", () => {
  let set: Scored;
  beforeAll(async () => {
    set = await scoreSet(await writePictureSet(rig, "paths"), "paths", 2);
  });

  it("is stored folder by folder, with the names of its pictures", () => {
    const facts = set.clips.map(({ split, name, kind, frameCount }) => [split, name, kind, frameCount]);
    expect(facts).toEqual([
      ["TRAIN", "good", "IMAGES", PICTURE_SET.training],
      ["TEST", "good", "IMAGES", PICTURE_SET.good],
      ["TEST", "intruder", "IMAGES", PICTURE_SET.defective],
    ]);
    for (const { frameNames, frameCount } of set.clips) expect(frameNames).toHaveLength(frameCount);
  });

  it("calibrates on pictures that training has not seen, at least as many as abnormality needs", () => {
    const calibration = calibrationSchema.parse(set.model.calibration);
    expect(calibration).toMatchObject({ source: "CALIBRATION_FRAMES", frameCount: 8 });
  });

  it("has an event for each picture that reaches the policy's threshold, of that picture alone", async () => {
    const events = await rig.db.prisma.event.findMany({ where: { scoringRunId: set.run.id } });
    const pictures = PICTURE_SET.good + PICTURE_SET.defective;
    expect(events.length).toBeGreaterThan(1);
    expect(events.length).toBeLessThan(pictures);
    for (const { startFrame, endFrame, peakFrame, peakAbnormality } of events) {
      expect([endFrame, peakFrame]).toEqual([startFrame, startFrame]);
      expect(peakAbnormality).toBeGreaterThanOrEqual(EAGER.enterThreshold);
    }
  });

  it("has masks at the pictures' own size, and maps that tell small errors apart", async () => {
    expect(await expectMasksOfPictureSize(set)).toBeGreaterThan(0);
    const clip = { scoringRunId: set.run.id, clipId: set.clips[1]!.id };
    const block = await readErrorMapBlock(rig.db, clip, 0);
    if (block === null) throw new Error("No map was stored.");
    expect(block).toMatchObject({ width: SIZE, height: SIZE, scaleMax: 1, bitsPerPixel: 16 });
    const packed = await rig.blobs.read(block.blobHash, { start: 0, length: block.offsets[1]! });
    const bytes = await promisify(inflate)(packed);
    const map = dequantizeErrorMap(bytes, block.scaleMax, block.bitsPerPixel);
    expect(map).toHaveLength(SIZE * SIZE);
    expect(new Set(map).size).toBeGreaterThan(SIZE * SIZE * 0.5);
  });
});

const shared = process.env.ENGRAM_SHARED ?? join(import.meta.dirname, "../../../../../../shared");
const hazelnut = join(shared, "data/hazelnut_toy");
const hasHazelnut = existsSync(hazelnut);
if (!hasHazelnut)
  console.info("Skipped: hazelnut_toy is not in the shared data folder (ENGRAM_SHARED, else ../shared).");

it.skipIf(!hasHazelnut)("scores every hazelnut at its own size", async () => {
  const set = await scoreSet(hazelnut, "hazelnut", 1);
  expect(set.clips.map(({ name, frameCount }) => [name, frameCount])).toEqual([
    ...[
      ["good", 28],
      ["good", 6],
      ["colour", 17],
    ],
  ]);
  const train = set.clips[0]!;
  expect(pictureSizes(train)!(train.frameNames.indexOf("01.jpg"))).toEqual({ width: 512, height: 522 });
  await expectMasksOfPictureSize(set);
  const scored = await rig.db.prisma.frameScoreBlock.findMany({ where: { scoringRunId: set.run.id } });
  expect(scored.map(({ counts }) => counts[0])).toEqual([6, 17]);
});
