// What one process of the benchmark is told to measure, and what it answers. The peer speaks the same JSON.
import type { Precision } from "@engram/core";

/** peak: one large matrix product, which says what the machine can do at all */
export type Work = "train" | "score" | "peak";

export interface Order {
  readonly work: Work;
  /** of ours; the peer computes in float32 always */
  readonly precision: Precision;
  /** side of the frames in pixels */
  readonly size: number;
  /** windows per step */
  readonly batch: number;
  readonly threads: number;
  /** steps that are run before the clock is looked at */
  readonly warmUpSteps: number;
  /** then steps are timed until there are so many and so much time has passed */
  readonly leastSteps: number;
  readonly leastSeconds: number;
}

export interface Timing {
  /** what computed, for people */
  readonly description: string;
  /** of each timed step */
  readonly stepMs: readonly number[];
  /** from a step and its state to a program that can run; null for what does not compile */
  readonly compileMs: number | null;
  /** largest resident set of the process, MiB */
  readonly peakMemoryMb: number;
  /** trained numbers of the network; null without one */
  readonly parameterCount: number | null;
}
