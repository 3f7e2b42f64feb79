// Where in a frame the error is: the connected regions of a thresholded error map.

export interface Region {
  /** box, in the mask's pixels: left, top, and the pixels across and down */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly areaPx: number;
  /** mean of the pixels' column and row indices, unweighted */
  readonly centroidX: number;
  readonly centroidY: number;
  /** largest error within the region */
  readonly peak: number;
}

export interface Localization {
  /** uint8 [height · width], 1 where a region is: the mask without what was too small */
  readonly mask: Uint8Array;
  /** by falling peak; equal peaks in reading order */
  readonly regions: readonly Region[];
  /** set pixels of the mask */
  readonly areaPx: number;
}

export interface RegionLabels {
  /** uint32 [height · width]: the region of each pixel, from 1 on in reading order; 0 where none is */
  readonly labels: Uint32Array;
  /** pixels of each region; region r's at r − 1 */
  readonly areas: readonly number[];
}

export interface RegionOptions {
  /** regions of fewer pixels are noise: dropped, and erased from the mask; default 1, which keeps all */
  readonly minAreaPx?: number;
}

/**
 * The pixels of an error map at or above a threshold.
 *
 * @param errorMap float32 [pixels]
 * @returns uint8 [pixels] of 0 and 1; a NaN error is not set
 */
export function thresholdMask(errorMap: Float32Array, threshold: number): Uint8Array {
  const mask = new Uint8Array(errorMap.length);
  for (let i = 0; i < errorMap.length; i++) if (errorMap[i]! >= threshold) mask[i] = 1;
  return mask;
}

/**
 * Connected regions of a mask, 8-connected (pixels that touch at a corner belong together), by flooding.
 *
 * @param errorMap float32 [height · width], row-major; gives the peaks
 * @param mask uint8 [height · width]; anything but 0 is set; not changed
 * @throws RangeError where a length is not width · height
 */
export function findRegions(
  errorMap: Float32Array,
  mask: Uint8Array,
  width: number,
  height: number,
  { minAreaPx = 1 }: RegionOptions = {},
): Localization {
  requireLength("error map", errorMap.length, width, height);
  requireLength("mask", mask.length, width, height);
  const waiting = mask.slice();
  const kept = new Uint8Array(mask.length);
  const pixels = new Uint32Array(mask.length);
  const regions: Region[] = [];
  let areaPx = 0;
  for (let seed = 0; seed < waiting.length; seed++) {
    if (waiting[seed] === 0) continue;
    const count = flood(waiting, width, height, seed, pixels);
    if (count < minAreaPx) continue;
    const members = pixels.subarray(0, count);
    for (const pixel of members) kept[pixel] = 1;
    regions.push(describeRegion(members, errorMap, width));
    areaPx += count;
  }
  return { mask: kept, regions: regions.sort((a, b) => b.peak - a.peak), areaPx };
}

/**
 * Which pixel belongs to which connected region of a mask, 8-connected as in `findRegions`.
 *
 * @param mask uint8 [height · width]; anything but 0 is set; not changed
 * @throws RangeError where the length is not width · height
 */
export function labelRegions(mask: Uint8Array, width: number, height: number): RegionLabels {
  requireLength("mask", mask.length, width, height);
  const waiting = mask.slice();
  const labels = new Uint32Array(mask.length);
  const pixels = new Uint32Array(mask.length);
  const areas: number[] = [];
  for (let seed = 0; seed < waiting.length; seed++) {
    if (waiting[seed] === 0) continue;
    const count = flood(waiting, width, height, seed, pixels);
    areas.push(count);
    for (let i = 0; i < count; i++) labels[pixels[i]!] = areas.length;
  }
  return { labels, areas };
}

function requireLength(what: string, length: number, width: number, height: number): void {
  if (length === width * height) return;
  throw new RangeError(`The ${what} of ${width}×${height} has ${width * height} pixels, not ${length}.`);
}

/** Moves the pixels connected to `seed` from `waiting` to the front of `pixels`; returns their number. */
function flood(
  waiting: Uint8Array,
  width: number,
  height: number,
  seed: number,
  pixels: Uint32Array,
): number {
  let count = 1;
  pixels[0] = seed;
  waiting[seed] = 0;
  for (let next = 0; next < count; next++) {
    const pixel = pixels[next]!;
    const x = pixel % width;
    const y = (pixel - x) / width;
    const right = Math.min(width - 1, x + 1);
    const bottom = Math.min(height - 1, y + 1);
    for (let row = Math.max(0, y - 1); row <= bottom; row++) {
      for (let column = Math.max(0, x - 1); column <= right; column++) {
        const neighbour = row * width + column;
        if (waiting[neighbour] === 0) continue;
        waiting[neighbour] = 0;
        pixels[count++] = neighbour;
      }
    }
  }
  return count;
}

function describeRegion(members: Uint32Array, errorMap: Float32Array, width: number): Region {
  let [left, top, right, bottom] = [Infinity, Infinity, -1, -1];
  let [sumX, sumY] = [0, 0];
  let peak = -Infinity;
  for (const pixel of members) {
    const x = pixel % width;
    const y = (pixel - x) / width;
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
    sumX += x;
    sumY += y;
    peak = Math.max(peak, errorMap[pixel]!);
  }
  return {
    x: left,
    y: top,
    width: right - left + 1,
    height: bottom - top + 1,
    areaPx: members.length,
    centroidX: sumX / members.length,
    centroidY: sumY / members.length,
    peak,
  };
}
