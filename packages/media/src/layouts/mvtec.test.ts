import { truncate } from "node:fs/promises";
import { basename, join } from "node:path";
import { createBlobStore } from "@engram/storage";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { readArchivedFrame } from "../archives/frame-archive.ts";
import { decodeFrame } from "../images/decode-frame.ts";
import { datasetContentHash } from "../ingest/content-hash.ts";
import { ingestClip } from "../ingest/ingest-clip.ts";
import { inspectSource } from "../ingest/inspect-source.ts";
import { greyPicture, sharedData, temporaryFolder, writeFiles } from "../testing/fixtures.ts";

const picture = (seed: number, width = 24, height = 16) => greyPicture(width, height, seed).png().toBuffer();

function mask(width = 24, height = 16) {
  const pixels = new Uint8Array(width * height).fill(255, 0, 9);
  return sharp(pixels, { raw: { width, height, channels: 1 } })
    .toColourspace("b-w")
    .png()
    .toBuffer();
}

/** Two sound pictures to train on; two sound and three scratched ones to test. */
async function product(): Promise<Record<string, Uint8Array>> {
  return {
    "train/good/000.png": await picture(1),
    "train/good/001.png": await picture(2),
    "test/good/000.png": await picture(3),
    "test/good/001.png": await picture(4),
    "test/scratch/000.png": await picture(5),
    "test/scratch/001.png": await picture(6),
    "test/scratch/002.png": await picture(7),
    "ground_truth/scratch/000_mask.png": await mask(),
    "ground_truth/scratch/001.png": await mask(),
    "ground_truth/scratch/002.png": await mask(),
  };
}

async function folderOf(files: Record<string, Uint8Array>): Promise<string> {
  const root = await temporaryFolder();
  await writeFiles(root, files);
  return root;
}

async function ingestAll(root: string) {
  const { report, plan } = await inspectSource(root);
  const store = createBlobStore(await temporaryFolder());
  const clips = [];
  for (const clip of plan.clips) clips.push(await ingestClip(store, plan, clip));
  return { report, store, clips };
}

describe("the MVTec layout", () => {
  it("makes a clip of each folder, labelled by its name, with masks whose names may end in _mask", async () => {
    const { report, clips, store } = await ingestAll(await folderOf(await product()));
    expect(report).toMatchObject({ layout: "MVTEC", warnings: [], unmatched: [] });
    const facts = report.clips.map(({ split, name, kind, frameCount, abnormalFrames, maskedFrames }) => [
      ...[split, name, kind, frameCount, abnormalFrames, maskedFrames],
    ]);
    expect(facts).toEqual([
      ["TRAIN", "good", "IMAGES", 2, null, 0],
      ["TEST", "good", "IMAGES", 2, 0, 0],
      ["TEST", "scratch", "IMAGES", 3, 3, 3],
    ]);
    const scratch = clips[2]!;
    if (scratch.state !== "READY") throw new Error(scratch.quarantineReason);
    expect(scratch).toMatchObject({ frameNames: ["000.png", "001.png", "002.png"], frameSizes: null });
    const stored = await decodeFrame((await readArchivedFrame(store, scratch.labels!.masks!, 0))!);
    expect(stored.data.filter((value) => value === 255)).toHaveLength(9);
  });

  it("names masks without a picture, and pictures of a defect without a mask, which stay labelled", async () => {
    const files = await product();
    delete files["test/scratch/000.png"];
    delete files["ground_truth/scratch/002.png"];
    files["ground_truth/dent/000.png"] = await mask();
    const { report } = await inspectSource(await folderOf(files));
    expect(report.unmatched).toEqual(["ground_truth/scratch/000_mask.png", "ground_truth/dent"]);
    expect(report.clips[2]).toMatchObject({ frameCount: 2, abnormalFrames: 2, maskedFrames: 1 });
    expect(report.warnings).toEqual([
      "test/scratch: 1 of 2 pictures have no mask (scratch/002.png); labelled defective, they count in image figures and not in pixel figures.",
    ]);
  });

  it("keeps the size of each picture and of its mask where they are unequal", async () => {
    const files = await product();
    files["test/scratch/001.png"] = await picture(9, 30, 20);
    files["ground_truth/scratch/001.png"] = await mask(30, 20);
    const { report, clips } = await ingestAll(await folderOf(files));
    expect(report.warnings).toEqual([
      "test/scratch has pictures of unequal sizes: 2 of 3 are 24×16; each other is shown and masked at its own, scratch/001.png 30×20.",
    ]);
    expect(clips[2]).toMatchObject({ state: "READY", width: 24, height: 16 });
    expect([...clips[2]!.frameSizes!]).toEqual([24, 16, 30, 20, 24, 16]);
  });

  it("tells of a picture that would be tested although it is trained on, and of a mask of another size", async () => {
    const files = await product();
    files["test/good/001.png"] = files["train/good/000.png"]!;
    files["ground_truth/scratch/001.png"] = await mask(12, 8);
    const { report } = await inspectSource(await folderOf(files));
    expect(report.warnings).toEqual([
      "Masks of another size than their pictures are stretched over them: scratch/001.png 12×8 for 24×16.",
      "1 picture lies in more than one split: train/good/000.png = test/good/001.png.",
    ]);
  });

  it("leaves a broken picture out with its mask, and keeps the others of its folder", async () => {
    const files = await product();
    const whole = files["test/scratch/000.png"]!;
    files["test/scratch/000.png"] = whole.subarray(0, whole.length - 30);
    const { report, clips } = await ingestAll(await folderOf(files));
    expect(report.warnings).toEqual([
      "scratch/000.png cannot be decoded: it is cut short; the picture is left out.",
    ]);
    expect(clips[2]).toMatchObject({ state: "READY", frameNames: ["001.png", "002.png"] });
  });

  it("leaves a picture out that is too large to be one, and sets a folder with a broken mask aside", async () => {
    const files = await product();
    files["ground_truth/scratch/001.png"] = files["ground_truth/scratch/001.png"]!.subarray(0, 30);
    const root = await folderOf(files);
    await truncate(join(root, "test/good/000.png"), 2 ** 28 + 1);
    const { report, clips } = await ingestAll(root);
    expect(report.warnings).toEqual([
      expect.stringMatching(/^good\/000\.png cannot be read: .*; the picture is left out\.$/),
    ]);
    expect(clips.map((clip) => [clip.state, clip.frameCount])).toEqual([
      ...[
        ["READY", 2],
        ["READY", 1],
        ["QUARANTINED", 3],
      ],
    ]);
  });

  it("takes several categories as one data set, and says that one model learns them all", async () => {
    const files = Object.entries(await product());
    const both = Object.fromEntries(
      ["bottle", "cable"].flatMap((category) =>
        files.map(([path, bytes]): [string, Uint8Array] => [`${category}/${path}`, bytes]),
      ),
    );
    const { report } = await inspectSource(await folderOf(both));
    expect(report.clips.map(({ split, name }) => `${split} ${name}`)).toEqual([
      ...["TRAIN bottle/good", "TEST bottle/good", "TEST bottle/scratch"],
      ...["TRAIN cable/good", "TEST cable/good", "TEST cable/scratch"],
    ]);
    expect(report.clips.map(({ abnormalFrames }) => abnormalFrames)).toEqual([null, 0, 3, null, 0, 3]);
    expect(report.warnings[0]).toMatch(/^The folder holds 2 categories \(bottle, cable\): a model trained/);
    const wrapped = files.map(([path, bytes]): [string, Uint8Array] => [`set/bottle/${path}`, bytes]);
    const one = await inspectSource(await folderOf(Object.fromEntries(wrapped)));
    expect(one.report.clips[0]?.name).toBe("good");
    expect(one.report.warnings).toEqual([]);
  });

  it("has another content where a picture has another name", async () => {
    const files = await product();
    const { "test/good/001.png": moved, ...rest } = files;
    const first = await ingestAll(await folderOf(files));
    const second = await ingestAll(await folderOf({ ...rest, "test/good/002.png": moved! }));
    expect(datasetContentHash(first.clips)).not.toBe(datasetContentHash(second.clips));
  });
});

const weld = sharedData("battery_weld/welding");
const hazelnut = sharedData("hazelnut_toy");
describe("sets of the factory", () => {
  it.skipIf(weld === null)(
    "pairs 93 of the 133 masks of the weld scans, and names the other 40",
    async () => {
      const { report, plan } = await inspectSource(weld!);
      expect(report.layout).toBe("MVTEC");
      expect(report.clips.map(({ frameCount, maskedFrames }) => [frameCount, maskedFrames])).toEqual([
        ...[
          [37, 0],
          [35, 0],
          [93, 93],
        ],
      ]);
      expect(report.unmatched).toHaveLength(40);
      expect(report.warnings.at(-1)).toMatch(/^7 pictures lie in more than one split: train\/good/);
      expect(basename(plan.root)).toBe("welding");
    },
  );

  it.skipIf(hazelnut === null)("imports the one hazelnut of another size at its own", async () => {
    const { report, clips, store } = await ingestAll(hazelnut!);
    expect(report.clips.map(({ frameCount, maskedFrames }) => [frameCount, maskedFrames])).toEqual([
      ...[
        [28, 0],
        [6, 0],
        [17, 17],
      ],
    ]);
    const train = clips[0]!;
    if (train.state !== "READY") throw new Error(train.quarantineReason);
    const odd = train.frameNames.indexOf("01.jpg");
    expect([...train.frameSizes!.subarray(2 * odd, 2 * odd + 2)]).toEqual([512, 522]);
    expect(await decodeFrame((await readArchivedFrame(store, train.archive, odd))!)).toMatchObject({
      ...{ width: 512, height: 522, channels: 3 },
    });
  });
});
