// Raised events against ground truth, both as intervals of frames.
import type { FrameInterval } from "./events.ts";
import { known, type Measured, unknown } from "./measured.ts";
import { median } from "./quantile.ts";

export interface ClipEvents {
  readonly raised: readonly FrameInterval[];
  readonly truth: readonly FrameInterval[];
}

export interface EventMatch {
  /** how many were raised, how many of these touch the truth */
  readonly raised: number;
  readonly raisedRight: number;
  /** how many there are in truth, how many of these were found */
  readonly truth: number;
  readonly truthFound: number;
  readonly precision: Measured;
  readonly recall: Measured;
  /** per true interval, in order: frames from its start to the first alarm within it; null where it was missed */
  readonly latenciesFrames: readonly (number | null)[];
  /** over the found intervals */
  readonly medianLatencyFrames: Measured;
}

/**
 * Intervals of consecutive abnormal frames.
 *
 * @param labels one a frame, 1 = abnormal, 0 = normal
 * @throws RangeError where a label is neither
 */
export function labelsToIntervals(labels: ArrayLike<number>): FrameInterval[] {
  const intervals: FrameInterval[] = [];
  let startFrame = -1;
  for (let frame = 0; frame < labels.length; frame++) {
    const label = labels[frame]!;
    if (label !== 0 && label !== 1)
      throw new RangeError(`A label must be 0 or 1; frame ${frame} has ${label}.`);
    if (label === 1 && startFrame === -1) startFrame = frame;
    if (label === 0 && startFrame !== -1) {
      intervals.push({ startFrame, endFrame: frame - 1 });
      startFrame = -1;
    }
  }
  if (startFrame !== -1) intervals.push({ startFrame, endFrame: labels.length - 1 });
  return intervals;
}

/**
 * Precision, recall and latency of the events raised in one clip. Two intervals match where they share a frame.
 *
 *     precision = raised events that match a true interval / raised events
 *     recall    = true intervals that match a raised event / true intervals
 *     latency   = max(0, start of the first raised event that matches − start of the true interval), in frames
 *
 * One long alarm may find several true intervals, and several alarms may be right about the same one.
 *
 * @param raised and
 * @param truth intervals with inclusive ends, in any order
 * @returns precision is null with a reason where nothing was raised, recall where there is nothing to find
 */
export function matchEvents(raised: readonly FrameInterval[], truth: readonly FrameInterval[]): EventMatch {
  return matchEventsByClip([{ raised, truth }]);
}

/** `matchEvents` clip by clip, with the counts of all clips pooled before the ratios are taken. */
export function matchEventsByClip(clips: readonly ClipEvents[]): EventMatch {
  let raised = 0;
  let raisedRight = 0;
  const latenciesFrames: (number | null)[] = [];
  for (const clip of clips) {
    raised += clip.raised.length;
    raisedRight += clip.raised.filter((event) =>
      clip.truth.some((interval) => overlaps(event, interval)),
    ).length;
    for (const interval of clip.truth) latenciesFrames.push(latency(interval, clip.raised));
  }
  const found = latenciesFrames.filter((frames) => frames !== null);
  const truth = latenciesFrames.length;
  return {
    raised,
    raisedRight,
    truth,
    truthFound: found.length,
    precision: raised === 0 ? unknown("No event was raised.") : known(raisedRight / raised),
    recall: truth === 0 ? unknown("The ground truth has no abnormal interval.") : known(found.length / truth),
    latenciesFrames,
    medianLatencyFrames: found.length === 0 ? unknown("No true interval was found.") : median(found),
  };
}

function overlaps(a: FrameInterval, b: FrameInterval): boolean {
  return a.startFrame <= b.endFrame && b.startFrame <= a.endFrame;
}

function latency(interval: FrameInterval, raised: readonly FrameInterval[]): number | null {
  let first = Infinity;
  for (const event of raised) if (overlaps(event, interval)) first = Math.min(first, event.startFrame);
  return first === Infinity ? null : Math.max(0, first - interval.startFrame);
}
