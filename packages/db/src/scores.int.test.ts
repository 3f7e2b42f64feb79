import { FRAMES_PER_BLOCK, HISTOGRAM_BINS, type Lane } from "@engram/core";
import {
  buildClip,
  buildDatasetVersion,
  buildModelVersion,
  buildProject,
  buildScoringRun,
  startTestDatabase,
} from "@engram/testkit";
import { afterAll, describe, expect, it } from "vitest";
import {
  type ClipScorePart,
  listScoredClipIds,
  readHistogram,
  readPyramid,
  readScoreBlocks,
  writeClipScores,
} from "./frame-score-repository.ts";
import { readErrorMapBlock, readMask, readMasks } from "./localization-repository.ts";
import type { FrameMask } from "./score-tables.ts";

const { db, close } = await startTestDatabase();
afterAll(close);
const project = await buildProject(db);
const version = await buildDatasetVersion(db, project);
const { scoringRun } = await buildScoringRun(db, await buildModelVersion(db, version));

const lanes: readonly Lane[] = ["PREDICTION_ERROR", "PSNR"];

async function newClip() {
  const { id: clipId } = await buildClip(db, version, { frameCount: 1030 });
  return { scoringRunId: scoringRun.id, clipId };
}

const mask: FrameMask = {
  ...{ frameIndex: 7, width: 16, height: 8, threshold: 0.25, areaPx: 5 },
  runs: Uint32Array.of(3, 5, 120),
  regions: [
    { x: 1, y: 2, width: 3, height: 1, areaPx: 3, centroidX: 2, centroidY: 2, peak: 0.5 },
    { x: 9, y: 2, width: 2, height: 1, areaPx: 2, centroidX: 9.5, centroidY: 2, peak: 0.75 },
  ],
};

function part(block: number, frameCount: number): ClipScorePart {
  const values = Float32Array.from({ length: lanes.length * frameCount }, (_, i) => Math.fround(i / 7));
  values[0] = Number.NaN;
  const counts = new Uint32Array(frameCount * HISTOGRAM_BINS);
  // Frame 0 of the block is left at zero: it could not be scored.
  for (let frame = 1; frame < frameCount; frame++)
    counts[frame * HISTOGRAM_BINS + (frame % 64)] = frame + 1e9;
  return {
    scoreBlocks: [
      {
        ...{ block, frameCount, lanes, values },
        statistics: [
          { min: values[1]!, max: values[frameCount - 1]!, mean: 2, count: frameCount - 1 },
          { min: null, max: null, mean: null, count: 0 },
        ],
      },
    ],
    histograms: [{ block, kind: "RAW", edgesVersion: 1, frameCount, counts }],
    errorMaps: [
      {
        ...{
          block,
          width: 128,
          height: 96,
          scaleMax: 0.5,
          bitsPerPixel: 8,
          frameCount,
          blobHash: "ab".repeat(32),
        },
        offsets: Uint32Array.from({ length: frameCount + 1 }, (_, i) => 4_000_000_000 + i),
        retention: "EXPIRABLE",
      },
    ],
    masks: block === 0 ? [mask] : [],
    pyramid: [
      {
        level: 4,
        chunk: block,
        bucketCount: 2,
        lanes,
        values: Float32Array.from({ length: 16 }, (_, i) => i),
      },
    ],
  };
}

describe("writeClipScores", () => {
  it("gives back what was written, bit by bit, NaN and absent statistics included", async () => {
    const clip = await newClip();
    const [first, second] = [part(0, FRAMES_PER_BLOCK), part(1, 6)];
    await writeClipScores(db, clip, [first, second]);
    expect(await readScoreBlocks(db, clip, 0, 1)).toEqual([...first.scoreBlocks!, ...second.scoreBlocks!]);
    expect(await readScoreBlocks(db, clip, 1, 9)).toEqual(second.scoreBlocks);
    expect(await readPyramid(db, clip, 4, 0, 1)).toEqual([...first.pyramid!, ...second.pyramid!]);
    expect(await readErrorMapBlock(db, clip, 1029)).toEqual(second.errorMaps![0]);
    const histogram = await readHistogram(db, clip, 1027);
    expect(histogram?.counts).toEqual(second.histograms![0]!.counts.slice(3 * 64, 4 * 64));
  });

  it("keeps a mask with its regions, the strongest first", async () => {
    const clip = await newClip();
    await writeClipScores(db, clip, [part(0, 20)]);
    const stored = { ...mask, regions: [mask.regions[1], mask.regions[0]] };
    expect(await readMask(db, clip, 7)).toEqual(stored);
    expect(await readMasks(db, clip, 0, 100)).toEqual([stored]);
  });

  it("knows nothing of frames that were not scored or not flagged", async () => {
    const clip = await newClip();
    await writeClipScores(db, clip, [part(0, 20)]);
    expect(await readHistogram(db, clip, 0)).toBeNull();
    expect(await readHistogram(db, clip, 20)).toBeNull();
    expect(await readHistogram(db, clip, 5000)).toBeNull();
    expect(await readMask(db, clip, 8)).toBeNull();
    expect(await readErrorMapBlock(db, clip, 5000)).toBeNull();
  });

  it("takes the place of what an earlier attempt wrote", async () => {
    const clip = await newClip();
    await writeClipScores(db, clip, [part(0, FRAMES_PER_BLOCK), part(1, 6)]);
    await writeClipScores(db, clip, [part(0, 20)]);
    expect(await readScoreBlocks(db, clip, 0, 9)).toEqual(part(0, 20).scoreBlocks);
    expect(await readMasks(db, clip, 0, 100)).toHaveLength(1);
  });

  it("writes nothing, and takes nothing away, where the source breaks off", async () => {
    const [fresh, known] = [await newClip(), await newClip()];
    await writeClipScores(db, known, [part(0, 20)]);
    async function* broken(): AsyncGenerator<ClipScorePart> {
      yield part(0, 20);
      throw new Error("killed");
    }
    await expect(writeClipScores(db, fresh, broken())).rejects.toThrow("killed");
    await expect(writeClipScores(db, known, broken())).rejects.toThrow("killed");
    expect(await readScoreBlocks(db, fresh, 0, 9)).toEqual([]);
    expect(await readScoreBlocks(db, known, 0, 9)).toHaveLength(1);
    const done = await listScoredClipIds(db, scoringRun.id);
    expect(done).toContain(known.clipId);
    expect(done).not.toContain(fresh.clipId);
  });

  it("refuses values that do not fill their block, and goes on working afterwards", async () => {
    const clip = await newClip();
    const good = part(0, 20);
    const block = { ...good.scoreBlocks![0]!, frameCount: 21 };
    await expect(writeClipScores(db, clip, [{ scoreBlocks: [block] }])).rejects.toThrow(RangeError);
    await writeClipScores(db, clip, [good]);
    expect(await readScoreBlocks(db, clip, 0, 0)).toHaveLength(1);
  });
});
