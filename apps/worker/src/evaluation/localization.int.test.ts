import { deflateSync } from "node:zlib";
import type { ClipKind } from "@engram/core";
import {
  type ClipScorePart,
  type DatasetVersion,
  findFrameLabels,
  type MaskRegion,
  type NewClip,
  type ScoringRun,
  writeClipScores,
} from "@engram/db";
import { encodeArchiveIndex, encodeRawPng, writeFrameArchive } from "@engram/media";
import { encodeRunLength, quantizeErrorMap } from "@engram/numerics";
import {
  buildClip,
  buildDatasetVersion,
  buildModelVersion,
  buildScoringRun,
  startTestDatabase,
} from "@engram/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Rig, startRig } from "../testing/rig.ts";
import { measureLocalization, type TruthClip } from "./localization.ts";

let rig: Rig;
let version: DatasetVersion;
let run: ScoringRun;

beforeAll(async () => {
  rig = await startRig(await startTestDatabase());
  const { organizationId, projectId } = rig.owner;
  version = await buildDatasetVersion(rig.db, { organizationId, id: projectId });
  const model = await buildModelVersion(rig.db, version);
  run = (await buildScoringRun(rig.db, model, { maskThreshold: 0.3 })).scoringRun;
});
afterAll(() => rig.close());

const WIDTH = 6;
const HEIGHT = 4;
const PIXELS = WIDTH * HEIGHT;
const RULE = { method: "CALIBRATED", threshold: 0.2 } as const;
const BOOTSTRAP = { replicates: 50, level: 0.9, seed: 1 };

interface FrameRow {
  /** null: not scored */
  readonly errors: Float32Array | null;
  readonly isAbnormal?: boolean;
  readonly mask?: Uint8Array;
  readonly raised?: { readonly mask: Uint8Array; readonly regions: readonly MaskRegion[] };
}

/** Errors of 0.1 but for the pixels named. */
function errors(others: Readonly<Record<number, number>> = {}): Float32Array {
  return Float32Array.from({ length: PIXELS }, (_, pixel) => others[pixel] ?? 0.1);
}

function maskOf(...pixels: number[]): Uint8Array {
  return Uint8Array.from({ length: PIXELS }, (_, pixel) => (pixels.includes(pixel) ? 255 : 0));
}

async function storeClip(frames: readonly FrameRow[], kind: ClipKind): Promise<TruthClip> {
  const pictures = frames.map(({ mask }) =>
    mask ? encodeRawPng({ width: WIDTH, height: HEIGHT, channels: 1, data: mask }) : null,
  );
  const masks = await writeFrameArchive(
    rig.blobs,
    "image/png",
    (async function* () {
      for (const picture of pictures) yield await picture;
    })(),
  );
  const labels = Uint8Array.from(frames, ({ isAbnormal }) => (isAbnormal ? 1 : 0));
  const given: Partial<NewClip> = {
    ...{ kind, width: WIDTH, height: HEIGHT, frameCount: frames.length },
    labels: {
      ...{ labels, abnormalCount: labels.filter((label) => label === 1).length },
      ...{ maskHash: masks.hash, maskIndex: encodeArchiveIndex(masks.index) },
    },
  };
  const clip = await buildClip(rig.db, version, given);
  await writeClipScores(rig.db, { scoringRunId: run.id, clipId: clip.id }, [await partOf(frames)]);
  const truth = await findFrameLabels(rig.db, rig.owner.projectId, clip.id);
  return { clip, truth: truth!, isScored: (frame) => frames[frame]!.errors !== null };
}

async function partOf(frames: readonly FrameRow[]): Promise<ClipScorePart> {
  const packed = frames.map(({ errors }) =>
    errors === null ? Buffer.alloc(0) : deflateSync(quantizeErrorMap(errors, 0.5)),
  );
  let end = 0;
  const offsets = Uint32Array.from([0, ...packed.map((bytes) => (end += bytes.byteLength))]);
  const { hash: blobHash } = await rig.blobs.put(Buffer.concat(packed));
  const counts = new Uint32Array(64 * frames.length);
  frames.forEach((frame, i) => {
    if (frame.errors !== null) counts[64 * i + 40] = PIXELS;
  });
  const block = { block: 0, frameCount: frames.length };
  return {
    errorMaps: [
      {
        ...{ ...block, width: WIDTH, height: HEIGHT, scaleMax: 0.5, bitsPerPixel: 8 },
        ...{ blobHash, offsets, retention: "KEEP" },
      },
    ],
    histograms: [{ ...block, kind: "RAW", edgesVersion: 1, counts }],
    masks: frames.flatMap(({ raised }, frameIndex) =>
      raised === undefined
        ? []
        : {
            ...{ frameIndex, width: WIDTH / 2, height: HEIGHT / 2, threshold: 0.3, areaPx: 1 },
            ...{ runs: encodeRunLength(raised.mask), regions: raised.regions },
          },
    ),
  };
}

/** A region of one pixel in a mask of half the size: 2×2 pixels of the picture. */
function raisedAt(x: number, y: number, peak: number): FrameRow["raised"] {
  const mask = Uint8Array.from({ length: 6 }, (_, pixel) => (pixel === 3 * y + x ? 1 : 0));
  const region = { x, y, width: 1, height: 1, areaPx: 1, centroidX: x, centroidY: y, peak };
  return { mask, regions: [region] };
}

async function measure(clips: readonly TruthClip[], signal = new AbortController().signal) {
  const input = { scoringRunId: run.id };
  const context = await rig.contextOf(await rig.createJob("EVALUATE", input), { signal });
  const options = { rule: RULE, bootstrap: BOOTSTRAP };
  return { figures: await measureLocalization(context, run, clips, options), reports: context.reports };
}

/** The object fills the upper left 2×2 pixels; one normal pixel of the frame errs more than it does. */
const OBJECT = [0, 1, 6, 7];
const ABNORMAL: FrameRow = {
  errors: errors({ 0: 0.4, 1: 0.4, 6: 0.4, 7: 0.4, 23: 0.45 }),
  ...{ isAbnormal: true, mask: maskOf(...OBJECT), raised: raisedAt(0, 0, 0.4) },
};

describe("measureLocalization", () => {
  it("compares stored maps and raised regions with the masks, in the masks' pixels", async () => {
    const clip = await storeClip(
      [
        { errors: null },
        { errors: errors(), raised: raisedAt(2, 1, 0.35) },
        ABNORMAL,
        { ...ABNORMAL, raised: raisedAt(1, 1, 0.5) },
        { errors: errors({ 0: 0.4 }), isAbnormal: true },
      ],
      "VIDEO",
    );
    const { figures, reports } = await measure([clip]);
    expect(figures).toMatchObject({ frames: 3, framesLeftOut: 1, pixels: 72, abnormalPixels: 8 });
    expect(figures).toMatchObject({ regions: 2, tracks: 1, falseRegionsPerFrame: 2 / 3 });
    const [raw, corrected] = figures.pixelFigures;
    for (const figure of [raw, corrected]) {
      expect(figure?.auroc.value).toBeCloseTo((8 * 62) / (8 * 64), 12);
      expect(figure?.aurocTolerance).toBe(0);
      expect(figure?.auroc.interval.reason).toMatch(/two/);
    }
    expect(raw).toMatchObject({ map: "RAW", f1Threshold: expect.closeTo(0.4, 2) });
    expect(corrected).toMatchObject({ map: "CORRECTED", f1Threshold: expect.closeTo(0.2, 2) });
    // By score: 0.5 is false (⅓ a frame), 0.4 finds one of two regions and so the track, 0.35 is false.
    expect(figures.rbdc.value).toBeCloseTo((2 / 3) * 0.5, 12);
    expect(figures.tbdc.value).toBeCloseTo(2 / 3, 12);
    expect(reports.at(-1)).toMatchObject({ phase: "localize", done: 5, total: 5, unit: "frames" });
  });

  it("takes each picture for itself: intervals over pictures, no tracks", async () => {
    const good = await storeClip([{ errors: errors() }, { errors: errors({ 3: 0.3 }) }], "IMAGES");
    const bad = await storeClip([ABNORMAL, ABNORMAL, ABNORMAL], "IMAGES");
    const { figures } = await measure([good, bad]);
    expect(figures).toMatchObject({ frames: 5, regions: 3, tracks: 0, tbdc: { value: null } });
    expect(figures.tbdc.reason).toMatch(/no tracks/);
    expect(figures.rbdc.value).toBe(1);
    expect(figures.pixelFigures[0]!.auroc.interval.low).not.toBeNull();
  });

  it("says why there is no figure", async () => {
    const clip = await storeClip([ABNORMAL], "VIDEO");
    const withoutMasks = { ...clip, truth: { ...clip.truth, maskHash: null, maskIndex: null } };
    const { figures } = await measure([withoutMasks]);
    expect(figures).toMatchObject({ frames: 0, pixels: 0, falseRegionsPerFrame: null });
    for (const { reason } of [figures.rbdc, figures.tbdc, figures.pixelFigures[0]!.aupro]) {
      expect(reason).toMatch(/no masks/);
    }
    await rig.db.prisma.errorMapBlock.deleteMany({ where: { clipId: clip.clip.id } });
    const expired = (await measure([clip])).figures;
    expect(expired.pixelFigures[0]!.auroc.reason).toMatch(/maps of 1 scored frames have expired/);
    expect(expired.rbdc.value).toBe(1);
  });

  it("ends within a frame of being canceled", async () => {
    const clip = await storeClip([ABNORMAL, ABNORMAL], "VIDEO");
    const stop = new AbortController();
    stop.abort();
    await expect(measure([clip], stop.signal)).rejects.toThrow();
  });
});
