// What the detection criteria need of each frame: how strongly each true region was found, and which raised regions
// found none. Regions of a frame are compared pixel by pixel and then forgotten.
import { labelRegions } from "./regions.ts";

export interface RegionFrame {
  /** uint8 [height · width], the ground truth: anything but 0 is abnormal */
  readonly truth: Uint8Array;
  /** uint32 [height · width]: which raised region the pixel belongs to, from 1 on; 0 where none is */
  readonly raised: Uint32Array;
  /** score of each raised region, of region r at r − 1 */
  readonly scores: ArrayLike<number>;
  readonly width: number;
  readonly height: number;
  /** whether it comes right after the frame before it: then regions that overlap are of one track; default true */
  readonly follows?: boolean;
}

export interface ScoredInClips {
  readonly scores: readonly number[];
  readonly clips: readonly number[];
}

export interface RegionLedger {
  /** frames of each clip, in the order in which the clips came */
  readonly framesOfClips: readonly number[];
  /** of each true region, the largest score of the raised ones that find it; −∞ where none does */
  readonly found: ScoredInClips;
  /** raised regions that find no true one */
  readonly missed: ScoredInClips;
  add(frame: RegionFrame, clip: number): void;
  /** Of each track the score at which a share of its regions is found, −∞ where it never is. */
  tracks(share: number): ScoredInClips;
}

interface TruthOfFrame {
  readonly labels: Uint32Array;
  /** number of the frame's first region over all frames */
  readonly first: number;
  readonly clip: number;
}

export function createRegionLedger(overlap: number): RegionLedger {
  const framesOfClips: number[] = [];
  const found = { scores: [] as number[], clips: [] as number[] };
  const missed = { scores: [] as number[], clips: [] as number[] };
  /** of each true region another one of its track, itself for the one that stands for the track */
  const parents: number[] = [];
  let before: TruthOfFrame | null = null;
  return {
    ...{ framesOfClips, found, missed },
    add(frame, clip) {
      if (before?.clip !== clip) framesOfClips.push(0);
      const index = framesOfClips.length - 1;
      framesOfClips[index]!++;
      const { labels, areas } = labelRegions(frame.truth, frame.width, frame.height);
      const first = parents.length;
      for (let region = 0; region < areas.length; region++) parents.push(first + region);
      const { foundAt, unused } = compareRegions(frame, labels, areas, overlap);
      append(found, foundAt, index);
      append(missed, unused, index);
      const now = { labels, first, clip };
      if (before?.clip === clip && (frame.follows ?? true)) linkTracks(parents, before, now);
      before = now;
    },
    tracks(share) {
      const members = new Map<number, number[]>();
      for (const region of parents.keys()) {
        const root = rootOf(parents, region);
        const scores = members.get(root) ?? [];
        scores.push(found.scores[region]!);
        members.set(root, scores);
      }
      const clips = [...members.keys()].map((root) => found.clips[root]!);
      return { scores: [...members.values()].map((scores) => scoreOfShare(scores, share)), clips };
    },
  };
}

function append(list: { scores: number[]; clips: number[] }, scores: Iterable<number>, clip: number): void {
  for (const score of scores) {
    list.scores.push(score);
    list.clips.push(clip);
  }
}

/** The largest score at which a share of the regions is found: one of the first ⌈share · n⌉. */
function scoreOfShare(scores: number[], share: number): number {
  // 0.1 · 30 is 3.0000000000000004: a rounding must not ask for one region more.
  const needed = Math.max(1, Math.ceil(share * scores.length - 1e-9));
  return scores.sort((a, b) => b - a)[needed - 1]!;
}

function compareRegions(
  { raised, scores, width, height }: RegionFrame,
  truth: Uint32Array,
  areas: readonly number[],
  overlap: number,
): { readonly foundAt: Float64Array; readonly unused: number[] } {
  if (raised.length !== width * height)
    throw new RangeError(`Labels of ${width}×${height} are ${width * height} numbers, not ${raised.length}.`);
  const raisedAreas = new Uint32Array(scores.length + 1);
  const shared = new Map<number, number>();
  for (let i = 0; i < raised.length; i++) {
    const region = raised[i]!;
    if (region === 0) continue;
    raisedAreas[region]!++;
    const other = truth[i]!;
    if (other === 0) continue;
    const pair = region * (areas.length + 1) + other;
    shared.set(pair, (shared.get(pair) ?? 0) + 1);
  }
  const foundAt = new Float64Array(areas.length).fill(-Infinity);
  const isUsed = new Uint8Array(scores.length + 1);
  for (const [pair, pixels] of shared) {
    const other = pair % (areas.length + 1);
    const region = (pair - other) / (areas.length + 1);
    if (pixels < overlap * (raisedAreas[region]! + areas[other - 1]! - pixels)) continue;
    isUsed[region] = 1;
    foundAt[other - 1] = Math.max(foundAt[other - 1]!, scores[region - 1]!);
  }
  const unused: number[] = [];
  for (let region = 1; region <= scores.length; region++) {
    const score = scores[region - 1]!;
    if (!Number.isFinite(score)) throw new RangeError(`Raised region ${region} has the score ${score}.`);
    if (isUsed[region] === 0) unused.push(score);
  }
  return { foundAt, unused };
}

function linkTracks(parents: number[], before: TruthOfFrame, now: TruthOfFrame): void {
  if (before.labels.length !== now.labels.length)
    throw new RangeError("The frames of a clip must have masks of one size.");
  for (let i = 0; i < now.labels.length; i++) {
    if (now.labels[i] === 0 || before.labels[i] === 0) continue;
    const [a, b] = [before.first + before.labels[i]! - 1, now.first + now.labels[i]! - 1];
    const [rootA, rootB] = [rootOf(parents, a), rootOf(parents, b)];
    if (rootA !== rootB) parents[Math.max(rootA, rootB)] = Math.min(rootA, rootB);
  }
}

function rootOf(parents: number[], region: number): number {
  let root = region;
  while (parents[root] !== root) {
    parents[root] = parents[parents[root]!]!;
    root = parents[root]!;
  }
  return root;
}
