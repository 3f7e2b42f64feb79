// An even draw of windows from many clips: the same for the same clips.
import type { ClipRange } from "./frames.ts";

/**
 * The ranges of `total` evenly spaced windows of all; windows that follow each other share a range.
 *
 * @param counts windows of each range
 */
export function* drawRanges(
  ranges: readonly ClipRange[],
  counts: readonly number[],
  total: number,
  windowFrames: number,
): Generator<ClipRange> {
  const spacing = counts.reduce((sum, count) => sum + count, 0) / total;
  let drawn = 0;
  let offset = 0;
  for (const [index, { source, firstFrame }] of ranges.entries()) {
    const end = offset + counts[index]!;
    const windowAt = (draw: number) => Math.floor((draw + 0.5) * spacing);
    while (drawn < total && windowAt(drawn) < end) {
      const first = windowAt(drawn);
      let last = first;
      for (drawn++; drawn < total && windowAt(drawn) === last + 1 && last + 1 < end; drawn++) last++;
      const start = firstFrame + first - offset;
      yield { source, firstFrame: start, endFrame: start + last - first + windowFrames };
    }
    offset = end;
  }
}
