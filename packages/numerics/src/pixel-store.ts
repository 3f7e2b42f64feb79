// The pixels of all images for one ranking: themselves while they are few enough, then counts by level.
import type { PixelSweep } from "./pixel-sweep.ts";
import { rankDescending } from "./rank-order.ts";
import { countPixels, createLevelCounts, type LevelCounts, scoreOfLevel } from "./score-levels.ts";

/** 2²¹ levels: one part in 4096, 50 MB of counts. */
const LEVEL_BITS = 21;

interface HeldImage {
  readonly scores: Float32Array;
  /** uint32: 0 for a normal pixel, else the number of its region over all images, from 1 on */
  readonly regions: Uint32Array;
}

export interface PixelStore {
  /**
   * @param labels region of each pixel within the image, 0 where it is normal
   * @param shares by label: 1 / (pixels of the region), 0 for label 0
   * @param regionsBefore regions of the images before
   */
  add(scores: Float32Array, labels: Uint32Array, shares: Float64Array, regionsBefore: number): void;
  sweepInto(sweep: PixelSweep): void;
  isExact(): boolean;
}

export function createPixelStore(exactPixels: number): PixelStore {
  let held: HeldImage[] = [];
  let heldPixels = 0;
  const heldShares: number[] = [0];
  let counts: LevelCounts | null = null;
  return {
    add(scores, labels, shares, regionsBefore) {
      if (counts === null && heldPixels + scores.length > exactPixels) {
        counts = createLevelCounts(2 ** LEVEL_BITS);
        for (const image of held) countPixels(counts, LEVEL_BITS, image.scores, image.regions, heldShares);
        held = [];
      }
      if (counts !== null) return countPixels(counts, LEVEL_BITS, scores, labels, shares);
      for (let label = 1; label < shares.length; label++) heldShares.push(shares[label]!);
      const regions = labels.map((label) => (label === 0 ? 0 : regionsBefore + label));
      held.push({ scores: scores.slice(), regions });
      heldPixels += scores.length;
    },
    sweepInto(sweep) {
      if (counts === null) sweepRanked(held, heldPixels, heldShares, sweep);
      else sweepLevels(counts, sweep);
    },
    isExact: () => counts === null,
  };
}

function sweepRanked(
  images: readonly HeldImage[],
  pixels: number,
  shares: readonly number[],
  sweep: PixelSweep,
): void {
  const scores = new Float32Array(pixels);
  const regions = new Uint32Array(pixels);
  let start = 0;
  for (const image of images) {
    scores.set(image.scores, start);
    regions.set(image.regions, start);
    start += image.scores.length;
  }
  const order = rankDescending(scores);
  let [abnormal, normal, overlap] = [0, 0, 0];
  for (let rank = 0; rank < order.length; rank++) {
    const position = order[rank]!;
    const region = regions[position]!;
    if (region === 0) normal++;
    else {
      abnormal++;
      overlap += shares[region]!;
    }
    if (rank + 1 < order.length && scores[order[rank + 1]!] === scores[position]) continue;
    sweep.step(scores[position]!, abnormal, normal, overlap);
    [abnormal, normal, overlap] = [0, 0, 0];
  }
}

function sweepLevels({ abnormal, normal, overlap }: LevelCounts, sweep: PixelSweep): void {
  for (let level = abnormal.length - 1; level >= 0; level--) {
    if (abnormal[level]! + normal[level]! === 0) continue;
    sweep.step(scoreOfLevel(level, LEVEL_BITS), abnormal[level]!, normal[level]!, overlap[level]!);
  }
}
