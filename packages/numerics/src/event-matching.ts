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
  /** how many there are in truth, how many of these match an event */
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
 * Precision, recall and latency of the events raised in one clip. A raised event and a true interval match where
 * they share a frame once the true one is widened by the tolerance on both sides.
 *
 *     precision = raised events that match a true interval / raised events
 *     recall    = true intervals that match a raised event / true intervals
 *     latency   = first flagged frame within the true interval − its start, in frames; no tolerance
 *
 * One long alarm may find several true intervals, and several alarms may be right about the same one.
 *
 * @param raised and
 * @param truth intervals with inclusive ends, in any order
 * @param toleranceFrames 0 or more
 * @returns precision is null with a reason where nothing was raised, recall where there is nothing to find
 */
export function matchEvents(
  raised: readonly FrameInterval[],
  truth: readonly FrameInterval[],
  toleranceFrames = 0,
): EventMatch {
  return matchEventsByClip([{ raised, truth }], toleranceFrames);
}

/** `matchEvents` clip by clip, with the counts of all clips pooled before the ratios are taken. */
export function matchEventsByClip(clips: readonly ClipEvents[], toleranceFrames = 0): EventMatch {
  let [raised, raisedRight, truth, truthFound] = [0, 0, 0, 0];
  const latenciesFrames: (number | null)[] = [];
  const matches = (event: FrameInterval, interval: FrameInterval) =>
    event.startFrame <= interval.endFrame + toleranceFrames &&
    interval.startFrame - toleranceFrames <= event.endFrame;
  for (const clip of clips) {
    raised += clip.raised.length;
    raisedRight += clip.raised.filter((event) => clip.truth.some((one) => matches(event, one))).length;
    truth += clip.truth.length;
    truthFound += clip.truth.filter((one) => clip.raised.some((event) => matches(event, one))).length;
    for (const interval of clip.truth) latenciesFrames.push(latency(interval, clip.raised));
  }
  const found = latenciesFrames.filter((frames) => frames !== null);
  return {
    raised,
    raisedRight,
    truth,
    truthFound,
    precision: raised === 0 ? unknown("No event was raised.") : known(raisedRight / raised),
    recall: truth === 0 ? unknown("The ground truth has no abnormal interval.") : known(truthFound / truth),
    latenciesFrames,
    medianLatencyFrames: found.length === 0 ? unknown("No true interval was found.") : median(found),
  };
}

function latency(interval: FrameInterval, raised: readonly FrameInterval[]): number | null {
  let first = Infinity;
  for (const { startFrame, endFrame } of raised) {
    if (startFrame <= interval.endFrame && interval.startFrame <= endFrame)
      first = Math.min(first, startFrame);
  }
  return first === Infinity ? null : Math.max(0, first - interval.startFrame);
}
