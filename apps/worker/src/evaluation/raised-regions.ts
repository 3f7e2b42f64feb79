// The regions that a run raised in a frame, laid over the ground truth's pixels.
import { FRAMES_PER_BLOCK } from "@engram/core";
import { type FrameMask, readMasks, type ScoredClip } from "@engram/db";
import { decodeRunLength, labelRegions } from "@engram/numerics";
import type { JobContext } from "../jobs/job-context.ts";

export interface RaisedRegions {
  /** uint32 [height · width]: the region of each pixel, from 1 on; 0 where none is */
  readonly raised: Uint32Array;
  /** each region's peak: its largest smoothed error */
  readonly scores: readonly number[];
}

/** At the size asked for; frames asked for in order. */
export type RegionsOfFrames = (frameIndex: number, width: number, height: number) => Promise<RaisedRegions>;

export function openRaisedRegions({ db }: Pick<JobContext, "db">, clip: ScoredClip): RegionsOfFrames {
  let blockNumber = -1;
  let masks = new Map<number, FrameMask>();
  return async (frameIndex, width, height) => {
    if (Math.floor(frameIndex / FRAMES_PER_BLOCK) !== blockNumber) {
      blockNumber = Math.floor(frameIndex / FRAMES_PER_BLOCK);
      const first = blockNumber * FRAMES_PER_BLOCK;
      const rows = await readMasks(db, clip, first, first + FRAMES_PER_BLOCK - 1);
      masks = new Map(rows.map((mask) => [mask.frameIndex, mask]));
    }
    const mask = masks.get(frameIndex);
    return mask === undefined
      ? { raised: new Uint32Array(width * height), scores: [] }
      : layRegions(mask, width, height);
  };
}

/** The regions of a mask at another size, by the nearest pixel: an extent is not to be blurred. */
export function layRegions(mask: FrameMask, width: number, height: number): RaisedRegions {
  const pixels = decodeRunLength(mask.runs, mask.width * mask.height);
  const { labels, areas } = labelRegions(pixels, mask.width, mask.height);
  const raised = new Uint32Array(width * height);
  for (let y = 0, out = 0; y < height; y++) {
    const row = Math.floor(((y + 0.5) * mask.height) / height) * mask.width;
    for (let x = 0; x < width; x++, out++) {
      raised[out] = labels[row + Math.floor(((x + 0.5) * mask.width) / width)]!;
    }
  }
  return { raised, scores: peaksOf(mask, labels, areas) };
}

/** Stored regions carry no number: each is found again by its box and its area. */
function peaksOf({ width, regions }: FrameMask, labels: Uint32Array, areas: readonly number[]): number[] {
  const boxes = areas.map(() => ({ left: width, top: Infinity, right: -1, bottom: -1 }));
  for (let i = 0; i < labels.length; i++) {
    const box = boxes[labels[i]! - 1];
    if (box === undefined) continue;
    const x = i % width;
    const y = (i - x) / width;
    box.left = Math.min(box.left, x);
    box.right = Math.max(box.right, x);
    box.top = Math.min(box.top, y);
    box.bottom = y;
  }
  const peaks = new Map(regions.map((region) => [keyOf(region.x, region.y, region), region.peak]));
  return boxes.map(({ left, top, right, bottom }, region) => {
    const size = { width: right - left + 1, height: bottom - top + 1, areaPx: areas[region]! };
    const peak = peaks.get(keyOf(left, top, size));
    if (peak === undefined)
      throw new RangeError(`The mask has a region at ${left}, ${top} that is not stored.`);
    return peak;
  });
}

function keyOf(x: number, y: number, size: { width: number; height: number; areaPx: number }): string {
  return [x, y, size.width, size.height, size.areaPx].join(" ");
}
