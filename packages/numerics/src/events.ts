// Events: the intervals of frames that thresholds with hysteresis raise from a series of abnormality.

/** An interval of frames, both ends inclusive. */
export interface FrameInterval {
  readonly startFrame: number;
  readonly endFrame: number;
}

export interface EventRules {
  /** an event opens at a frame that reaches this */
  readonly enterThreshold: number;
  /** and ends before the first frame below this; at most the enter threshold */
  readonly leaveThreshold: number;
  /** events shorter than this, after merging, are dropped; 1 keeps all */
  readonly minDurationFrames: number;
  /** events with at most this many frames between them are one; 0 merges none */
  readonly mergeGapFrames: number;
}

export interface RaisedEvent extends FrameInterval {
  /** the first frame with the largest abnormality */
  readonly peakFrame: number;
  readonly peakAbnormality: number;
  /** mean over the event's scored frames */
  readonly meanAbnormality: number;
}

/**
 * Events of a series of abnormality.
 *
 *     open at the first frame with a ≥ enter;  stay open while a ≥ leave;  merge over ≤ mergeGap frames;
 *     drop what is then shorter than minDuration
 *
 * A frame that is not finite is a gap, and closes an event: nothing is claimed about frames that nobody scored. Two
 * events around a gap no longer than the merge gap are merged like any others; the gap's frames then count towards
 * the duration, not towards the mean.
 *
 * @param abnormality one value a frame, NaN where the frame has no score
 * @returns events in order, disjoint, each with at least one frame that reaches the enter threshold
 * @throws RangeError where leaveThreshold > enterThreshold, minDurationFrames is not an integer ≥ 1, or
 *   mergeGapFrames is not an integer ≥ 0
 */
export function deriveEvents(abnormality: ArrayLike<number>, rules: EventRules): RaisedEvent[] {
  checkRules(rules);
  return mergeClose(openIntervals(abnormality, rules), rules.mergeGapFrames)
    .filter(({ startFrame, endFrame }) => endFrame - startFrame + 1 >= rules.minDurationFrames)
    .map((interval) => describe(abnormality, interval));
}

function checkRules({ enterThreshold, leaveThreshold, minDurationFrames, mergeGapFrames }: EventRules): void {
  if (!(leaveThreshold <= enterThreshold)) {
    throw new RangeError(
      `The leave threshold ${leaveThreshold} must not be above the enter threshold ${enterThreshold}.`,
    );
  }
  if (!(Number.isInteger(minDurationFrames) && minDurationFrames >= 1)) {
    throw new RangeError(`The minimum duration must be 1 frame or more, not ${minDurationFrames}.`);
  }
  if (!(Number.isInteger(mergeGapFrames) && mergeGapFrames >= 0)) {
    throw new RangeError(`The merge gap must be 0 frames or more, not ${mergeGapFrames}.`);
  }
}

function openIntervals(abnormality: ArrayLike<number>, rules: EventRules): FrameInterval[] {
  const intervals: FrameInterval[] = [];
  let startFrame = -1;
  for (let frame = 0; frame < abnormality.length; frame++) {
    const value = abnormality[frame]!;
    const isScored = Number.isFinite(value);
    if (startFrame === -1) {
      if (isScored && value >= rules.enterThreshold) startFrame = frame;
    } else if (!(isScored && value >= rules.leaveThreshold)) {
      intervals.push({ startFrame, endFrame: frame - 1 });
      startFrame = -1;
    }
  }
  if (startFrame !== -1) intervals.push({ startFrame, endFrame: abnormality.length - 1 });
  return intervals;
}

function mergeClose(intervals: readonly FrameInterval[], mergeGapFrames: number): FrameInterval[] {
  const merged: FrameInterval[] = [];
  for (const interval of intervals) {
    const previous = merged.at(-1);
    if (previous && interval.startFrame - previous.endFrame - 1 <= mergeGapFrames) {
      merged[merged.length - 1] = { startFrame: previous.startFrame, endFrame: interval.endFrame };
    } else {
      merged.push(interval);
    }
  }
  return merged;
}

function describe(abnormality: ArrayLike<number>, { startFrame, endFrame }: FrameInterval): RaisedEvent {
  let peakFrame = startFrame;
  let sum = 0;
  let count = 0;
  for (let frame = startFrame; frame <= endFrame; frame++) {
    const value = abnormality[frame]!;
    if (!Number.isFinite(value)) continue;
    sum += value;
    count++;
    if (value > abnormality[peakFrame]!) peakFrame = frame;
  }
  const peakAbnormality = abnormality[peakFrame]!;
  return { startFrame, endFrame, peakFrame, peakAbnormality, meanAbnormality: sum / count };
}
