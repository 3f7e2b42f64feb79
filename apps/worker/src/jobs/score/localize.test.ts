import { decodeRunLength } from "@engram/numerics";
import { expect, it } from "vitest";
import { localizeFrame } from "./localize.ts";

const SIZE = 16;
/** A square error of 6×6 in the lower right of the model's input. */
const errorMap = Float32Array.from({ length: SIZE * SIZE }, (_, i) => {
  const [x, y] = [i % SIZE, Math.floor(i / SIZE)];
  return x >= 8 && x < 14 && y >= 8 && y < 14 ? 0.8 : 0.02;
});

it("finds the error in the pixels of the picture, each axis stretched by itself", () => {
  const mask = localizeFrame(3, errorMap, SIZE, 0.4, { width: 80, height: 33 });
  if (mask === null) throw new Error("Nothing was found.");
  expect(mask).toMatchObject({ frameIndex: 3, width: 80, height: 33, threshold: 0.4 });
  const [region] = mask.regions;
  expect(mask.regions).toHaveLength(1);
  // 6 of 16 columns are 30 of 80, 6 of 16 rows are 12 of 33; smoothing rounds the corners.
  expect(region?.centroidX).toBeCloseTo((11 * 80) / 16 - 0.5, 0);
  expect(region?.centroidY).toBeCloseTo((11 * 33) / 16 - 0.5, 0);
  expect(Math.abs(region!.width - 30)).toBeLessThanOrEqual(2);
  expect(Math.abs(region!.height - 12)).toBeLessThanOrEqual(2);
  const pixels = decodeRunLength(mask.runs, 80 * 33);
  expect(pixels.reduce((sum, pixel) => sum + pixel, 0)).toBe(mask.areaPx);
});

it("keeps a video's mask in the pixels of the error map", () => {
  expect(localizeFrame(0, errorMap, SIZE, 0.4)).toMatchObject({ width: SIZE, height: SIZE });
});

it("finds nothing where no error reaches the threshold", () => {
  expect(localizeFrame(0, errorMap, SIZE, 0.9, { width: 4000, height: 3000 })).toBeNull();
});
