// Pixel counts of each image or clip by coarse levels: what bootstrap replicates of pixel figures are made of, since
// no replicate could rank all pixels anew.
import { type BootstrapOptions, resampleClips } from "./bootstrap.ts";
import { createPixelSweep, PIXEL_FIGURES } from "./pixel-sweep.ts";
import { countPixels, createLevelCounts, type LevelCounts } from "./score-levels.ts";

/** 2¹⁶ levels: one part in 128; the errors of a data set lie on some thousand of them. */
const LEVEL_BITS = 16;

interface PixelGroup extends LevelCounts {
  /** the levels that have pixels; the counts are of them, in their order */
  readonly levels: Uint16Array;
  readonly regions: number;
}

export interface PixelGroups {
  add(group: number, scores: Float32Array, labels: Uint32Array, shares: Float64Array): void;
  /** One series a figure, in the order of `PIXEL_FIGURES`; null where there are fewer than two groups. */
  resample(bootstrap: BootstrapOptions, fprLimit: number): Float64Array[] | null;
}

/** Memory: 26 bytes a level in use and group, 26 to 80 kB a group. */
export function createPixelGroups(): PixelGroups {
  const open = createLevelCounts(2 ** LEVEL_BITS);
  const closed = new Map<number, PixelGroup>();
  let [current, currentRegions] = [Number.NaN, 0];
  const close = (): void => {
    if (!Number.isNaN(current)) closed.set(current, takeLevels(open, currentRegions));
    currentRegions = 0;
  };
  return {
    add(group, scores, labels, shares) {
      if (group !== current) {
        close();
        if (closed.has(group))
          throw new RangeError(`The images of group ${group} must come one after the other.`);
        current = group;
      }
      currentRegions += shares.length - 1;
      countPixels(open, LEVEL_BITS, scores, labels, shares);
    },
    resample(bootstrap, fprLimit) {
      close();
      current = Number.NaN;
      return closed.size < 2 ? null : resampleGroups([...closed.values()], bootstrap, fprLimit);
    },
  };
}

/** The counts of the levels that have any; `open` is emptied for the next group. */
function takeLevels(open: LevelCounts, regions: number): PixelGroup {
  const used: number[] = [];
  for (let level = 0; level < open.normal.length; level++) {
    if (open.normal[level]! + open.abnormal[level]! > 0) used.push(level);
  }
  const levels = Uint16Array.from(used);
  const take = (counts: Float64Array): Float64Array => {
    const taken = Float64Array.from(levels, (level) => counts[level]!);
    counts.fill(0);
    return taken;
  };
  return {
    ...{ levels, regions },
    ...{ abnormal: take(open.abnormal), normal: take(open.normal), overlap: take(open.overlap) },
  };
}

function resampleGroups(
  groups: readonly PixelGroup[],
  bootstrap: BootstrapOptions,
  fprLimit: number,
): Float64Array[] {
  const levels = Uint16Array.from(new Set(groups.flatMap((group) => [...group.levels]))).sort();
  const slotOf = new Uint16Array(2 ** LEVEL_BITS);
  for (const [slot, level] of levels.entries()) slotOf[level] = slot;
  const slots = groups.map((group) => group.levels.map((level) => slotOf[level]!));
  const series = PIXEL_FIGURES.map(() => new Float64Array(bootstrap.replicates));
  const sum = createLevelCounts(levels.length);
  const figures = new Float64Array(PIXEL_FIGURES.length);
  resampleClips(groups.length, bootstrap, (replicate, drawn) => {
    for (const counts of [sum.abnormal, sum.normal, sum.overlap]) counts.fill(0);
    let regions = 0;
    for (const [index, group] of groups.entries()) {
      const times = drawn[index]!;
      if (times === 0) continue;
      regions += times * group.regions;
      addCounts(sum.normal, group.normal, slots[index]!, times);
      if (group.regions === 0) continue;
      addCounts(sum.abnormal, group.abnormal, slots[index]!, times);
      addCounts(sum.overlap, group.overlap, slots[index]!, times);
    }
    sweepCounts(sum, regions, fprLimit, figures);
    for (const [i, column] of series.entries()) column[replicate] = figures[i]!;
  });
  return series;
}

function addCounts(sum: Float64Array, counts: Float64Array, slots: Uint16Array, times: number): void {
  for (let i = 0; i < slots.length; i++) sum[slots[i]!]! += times * counts[i]!;
}

function sweepCounts(
  { abnormal, normal, overlap }: LevelCounts,
  regions: number,
  fprLimit: number,
  out: Float64Array,
): void {
  const totals = { abnormal: sumOf(abnormal), normal: sumOf(normal), regions };
  const sweep = createPixelSweep(totals, fprLimit);
  for (let slot = abnormal.length - 1; slot >= 0; slot--) {
    sweep.step(slot, abnormal[slot]!, normal[slot]!, overlap[slot]!);
  }
  sweep.finish(out);
}

function sumOf(counts: Float64Array): number {
  let sum = 0;
  for (const count of counts) sum += count;
  return sum;
}
