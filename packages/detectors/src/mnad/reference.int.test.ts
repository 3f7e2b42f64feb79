// Against the authors' own code: its weights, trained at half width, must score real frames to its numbers. All frames
// of all clips are compared by npm run bench:parity.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { resolveHyperparameters } from "@engram/core";
import { openDevice } from "@engram/engine";
import { createResizer, decodeFrame, withChannels } from "@engram/media";
import { expect, it } from "vitest";
import type { FrameSource } from "../frames.ts";
import { createDetector } from "../registry.ts";
import { openScorer } from "../score.ts";
import { expectClose } from "../testing/evaluate.ts";
import { sharedPath } from "../testing/shared-file.ts";
import { readPublishedWeights } from "./published-weights.ts";

interface Reference {
  readonly clips: readonly { clip: string; psnr: number[]; featureDistance: number[] }[];
}

const weights = sharedPath("reference/mnad_compact_reference.safetensors");
const numbers = sharedPath("reference/ped2-reference.json");
const frames = sharedPath("data/ped2/testing/frames");

/** Of the first clip and of the next, which the memory is carried on to. */
const FRAMES = [96, 32] as const;
const { size, width, ...compact } = resolveHyperparameters("MNAD_PREDICTION", "compact");

async function readClip(name: string, frameCount: number): Promise<FrameSource> {
  const folder = join(frames!, name);
  const names = (await readdir(folder)).sort().slice(0, frameCount);
  const pixels = new Uint8Array(names.length * size * size);
  for (const [index, file] of names.entries()) {
    const image = withChannels(await decodeFrame(await readFile(join(folder, file))), 1);
    const target = pixels.subarray(index * size * size, (index + 1) * size * size);
    createResizer(image, { width: size, height: size }, 1)(image.data, target);
  }
  return {
    name,
    frameCount: names.length,
    channels: 1,
    read: async (start, count) => pixels.slice(start * size * size, (start + count) * size * size),
  };
}

it.skipIf(weights === null || numbers === null || frames === null)(
  "scores Ped2 with the published code's weights to the published code's PSNR and feature distance",
  async () => {
    const detector = createDetector("MNAD_PREDICTION", { ...compact, size, width });
    const { state } = readPublishedWeights(await readFile(weights!));
    const reference = JSON.parse(await readFile(numbers!, "utf8")) as Reference;
    const device = await openDevice("onnx-cpu");
    const scorer = await openScorer({ detector, state, device, memory: "UPDATE" });
    for (const [index, frameCount] of FRAMES.entries()) {
      const expected = reference.clips[index]!;
      const psnr: number[] = [];
      const distance: number[] = [];
      for await (const { lanes } of scorer.scoreClip(await readClip(expected.clip, frameCount))) {
        psnr.push(lanes.PSNR);
        distance.push(lanes.FEATURE_DISTANCE!);
      }
      expect(psnr).toHaveLength(frameCount - 4);
      // The reference is printed to seven digits.
      expectClose(psnr, expected.psnr.slice(0, psnr.length), { rtol: 1e-5, atol: 0 });
      expectClose(distance, expected.featureDistance.slice(0, psnr.length), { rtol: 1e-4, atol: 0 });
    }
    await scorer.dispose();
    await device.dispose();
  },
);
