// An even draw of windows from many clips: the same for the same clips.
import { type ClipRange, windowCount } from "./frames.ts";

/**
 * The ranges of all windows, or of `most` evenly spaced ones where there are more; windows that follow each other share
 * a range.
 */
export function* drawRanges(
  ranges: readonly ClipRange[],
  most: number,
  windowFrames: number,
): Generator<ClipRange> {
  const counts = ranges.map((range) => windowCount(range, windowFrames));
  const count = counts.reduce((sum, windows) => sum + windows, 0);
  const total = Math.min(count, most);
  const spacing = count / total;
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
