// How well raised events agree with the true intervals, each figure with a bootstrap interval over clips.
import { type BootstrapOptions, noInterval, percentileInterval, resampleClips } from "./bootstrap.ts";
import { type ClipEvents, type EventMatch, matchEventsByClip } from "./event-matching.ts";
import type { Estimate } from "./frame-figures.ts";
import { known, unknown } from "./measured.ts";
import { median } from "./quantile.ts";

export interface EventEvaluation {
  readonly precision: Estimate;
  readonly recall: Estimate;
  readonly f1: Estimate;
  /** over the intervals in which a frame was flagged */
  readonly medianLatencyFrames: Estimate;
  /** true intervals in which no frame was flagged: they have no latency */
  readonly undetected: number;
}

const REASONS = [
  "No event was raised.",
  "The ground truth has no abnormal interval.",
  "F1 needs a raised event and an abnormal interval.",
  "No frame of a true interval was flagged.",
] as const;

/**
 * Precision, recall and latency of events (`matchEventsByClip`), with the counts of all clips pooled, and
 *
 *     F1 = 2 · precision · recall / (precision + recall), 0 where both are 0
 *
 * @param toleranceFrames how far an event may miss a true interval and still match it, 0 or more
 * @returns a value is null with a reason where it is undefined; so is an interval, as in `evaluateFrames`
 * @throws RangeError where an option is out of range
 */
export function evaluateEvents(
  clips: readonly ClipEvents[],
  toleranceFrames: number,
  bootstrap: BootstrapOptions,
): EventEvaluation {
  const matches = clips.map((clip) => matchEventsByClip([clip], toleranceFrames));
  const values = figuresOf(matches, new Uint32Array(clips.length).fill(1));
  const series = values.map(() => new Float64Array(bootstrap.replicates));
  resampleClips(clips.length, bootstrap, (replicate, drawn) => {
    const figures = figuresOf(matches, drawn);
    for (const [i, column] of series.entries()) column[replicate] = figures[i]!;
  });
  const estimate = (i: 0 | 1 | 2 | 3): Estimate => {
    if (Number.isNaN(values[i])) return { ...unknown(REASONS[i]), interval: noInterval(REASONS[i]) };
    const interval =
      clips.length < 2
        ? noInterval("Resampling takes two clips or more.")
        : percentileInterval(series[i]!, bootstrap.level);
    return { ...known(values[i]!), interval };
  };
  return {
    precision: estimate(0),
    recall: estimate(1),
    f1: estimate(2),
    medianLatencyFrames: estimate(3),
    undetected: matches.flatMap(({ latenciesFrames }) => latenciesFrames.filter((frames) => frames === null))
      .length,
  };
}

/** Precision, recall, F1, median latency; NaN where undefined. */
function figuresOf(matches: readonly EventMatch[], drawn: Uint32Array): [number, number, number, number] {
  let [raised, raisedRight, truth, truthFound] = [0, 0, 0, 0];
  const latencies: number[] = [];
  for (const [clip, match] of matches.entries()) {
    const times = drawn[clip]!;
    raised += times * match.raised;
    raisedRight += times * match.raisedRight;
    truth += times * match.truth;
    truthFound += times * match.truthFound;
    for (let i = 0; i < times; i++) {
      for (const frames of match.latenciesFrames) if (frames !== null) latencies.push(frames);
    }
  }
  const precision = raisedRight / raised;
  const recall = truthFound / truth;
  const f1 = precision === 0 && recall === 0 ? 0 : (2 * precision * recall) / (precision + recall);
  return [precision, recall, f1, median(latencies).value ?? Number.NaN];
}
