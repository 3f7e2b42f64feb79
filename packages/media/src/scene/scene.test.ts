import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { decodeFrame } from "../images/decode-frame.ts";
import { inspectSource } from "../ingest/inspect-source.ts";
import { temporaryFolder } from "../testing/fixtures.ts";
import { paintBackground } from "./background.ts";
import { renderFrame, type Stage } from "./render-clip.ts";
import { castOf, sceneClips } from "./scene-clips.ts";
import { createView } from "./view.ts";
import { writeSyntheticScene } from "./write-scene.ts";

const view = createView(120, 80);
const background = paintBackground(view, 7);

function stageOf(name: string, seed: number, frameCount = 120): Stage {
  const clip = sceneClips(8).find((candidate) => candidate.name === name)!;
  return { width: 120, height: 80, background, cast: castOf(clip, view, seed, frameCount), seed };
}

function pixelHash(seed: number): string {
  const hash = createHash("sha256").update(paintBackground(view, seed));
  const stage = stageOf("02-cart", seed);
  for (const frame of [0, 40, 70]) {
    const { image, mask } = renderFrame(stage, frame);
    hash.update(image.data).update(mask.data);
  }
  return hash.digest("hex");
}

describe("the synthetic scene", () => {
  it("has the same pixels for the same seed and others for another", () => {
    expect(pixelHash(3)).toBe(pixelHash(3));
    expect(pixelHash(4)).not.toBe(pixelHash(3));
  });

  it("marks nothing in training clips, and what the name says in every test clip, with normal stretches around", () => {
    for (const clip of sceneClips(2)) {
      const stage = stageOf(clip.name, 11);
      const marked = Array.from({ length: 120 }, (_, frame) => renderFrame(stage, frame).markedPixels >= 6);
      const share = marked.filter(Boolean).length / marked.length;
      if (clip.split === "TRAIN") {
        expect(share).toBe(0);
      } else {
        expect(share).toBeGreaterThan(0.15);
        expect(share).toBeLessThan(0.8);
        expect(marked.slice(0, 15)).not.toContain(true);
      }
    }
  });

  it("leaves the dropped object where it is until the end", () => {
    const stage = stageOf("05-dropped-object", 5);
    const [before, after, end] = [71, 73, 119].map((frame) => renderFrame(stage, frame));
    expect(before?.markedPixels).toBe(0);
    expect(after?.markedPixels).toBeGreaterThan(20);
    expect(end?.markedPixels).toBeGreaterThan(20);
  });

  it("is never still: light and noise change from frame to frame", () => {
    const empty = { ...stageOf("01", 5), cast: [] };
    const [first, later] = [renderFrame(empty, 0), renderFrame(empty, 40)];
    const mean = (data: Uint8Array) => data.reduce((sum, value) => sum + value, 0) / data.length;
    expect(Math.abs(mean(first.image.data) - mean(later.image.data))).toBeGreaterThan(1);
  });

  it("is written in a layout that the import understands, labels and masks in agreement", async () => {
    const folder = join(await temporaryFolder(), "scene");
    const size = { width: 96, height: 64, trainingClips: 2, trainingFrames: 8, testFrames: 24 };
    const written = await writeSyntheticScene(folder, size);
    const { report, plan } = await inspectSource(folder);
    expect(report).toMatchObject({ layout: "MNAD", unmatched: [], warnings: [] });
    expect(report.clips.map(({ name, split }) => [split, name])).toEqual(
      written.clips.map(({ name, split }) => [split, name]),
    );
    expect(written.frameCount).toBe(2 * 8 + 6 * 24);
    for (const clip of plan.clips.filter(({ split }) => split === "TEST")) {
      const stretches = written.clips.find(({ name }) => name === clip.name)!.abnormal;
      const labels = Array.from(clip.labels!, (label) => label === 1);
      expect(labels).toEqual(
        labels.map((_, i) => stretches.some(({ first, last }) => first <= i && i <= last)),
      );
      for (const [i, file] of clip.masks!.entries()) {
        const mask = await decodeFrame(await readFile(join(folder, file!)));
        expect(mask.data.some((value) => value > 0)).toBe(labels[i]);
      }
    }
  });
});
