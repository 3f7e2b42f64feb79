// Test clips with their labels and raw lanes, as a platform's scoring run would store them.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Lane } from "@engram/core";
import { type Detector, type FrameSource, openScorer } from "@engram/detectors";
import type { Device, TensorDataMap } from "@engram/engine";
import { readClips } from "./frame-folders.ts";

export interface ScoredClip {
  readonly name: string;
  /** one value a frame, NaN where it cannot be scored */
  readonly lanes: Readonly<Partial<Record<Lane, Float64Array>>>;
  /** what `measure` tells of each frame's error map, as the lanes are */
  readonly measures: Readonly<Record<string, Float64Array>>;
  /** 1 = abnormal, one a frame */
  readonly labels: readonly number[];
}

type Report = (message: string) => void;

export interface LabelledSource {
  readonly source: FrameSource;
  readonly labels: readonly number[];
}

interface Tools {
  readonly detector: Detector;
  readonly state: TensorDataMap;
  readonly device: Device;
  readonly report: Report;
  /** of one frame: float32 [size · size], absolute errors of frames in [0, 1] */
  readonly measure?: (errorMap: Float32Array, size: number) => Readonly<Record<string, number>>;
}

interface Scoring extends Tools {
  /** with testing/frames and frame_labels.json */
  readonly folder: string;
}

/** The test clips of a folder. */
export async function scoreClips({ folder, ...tools }: Scoring): Promise<ScoredClip[]> {
  return scoreSources(tools, await readTestClips(folder, tools.detector.hyperparameters.size));
}

/** With `testing/frames` and `frame_labels.json`; frames resized to a square of `size`. */
export async function readTestClips(folder: string, size: number): Promise<LabelledSource[]> {
  const labels = JSON.parse(await readFile(join(folder, "frame_labels.json"), "utf8")) as LabelsByClip;
  const sources = await readClips(join(folder, "testing/frames"), size);
  return sources.map((source) => {
    const truth = labels[source.name];
    if (truth?.length !== source.frameCount) {
      throw new Error(`Clip ${source.name} has no label for each frame.`);
    }
    return { source, labels: truth };
  });
}

type LabelsByClip = Readonly<Record<string, readonly number[] | undefined>>;

/** In the platform's way: frame by frame in order, the memory updated and carried from clip to clip. */
export async function scoreSources(
  { detector, state, device, report, measure }: Tools,
  clips: readonly LabelledSource[],
): Promise<ScoredClip[]> {
  const scorer = await openScorer({ detector, state, device, memory: "UPDATE" });
  const scored: ScoredClip[] = [];
  for (const { source, labels } of clips) {
    const gaps = () => new Float64Array(source.frameCount).fill(Number.NaN);
    const lanes = Object.fromEntries(detector.lanes.map((lane) => [lane, gaps()]));
    const measures: Record<string, Float64Array> = {};
    for await (const frame of scorer.scoreClip(source)) {
      for (const lane of detector.lanes) lanes[lane]![frame.frameIndex] = frame.lanes[lane]!;
      const measured = measure?.(frame.errorMap, detector.hyperparameters.size) ?? {};
      for (const [name, value] of Object.entries(measured)) {
        measures[name] ??= gaps();
        measures[name][frame.frameIndex] = value;
      }
    }
    scored.push({ name: source.name, lanes, measures, labels });
    report(`clip ${source.name}: ${source.frameCount} frames`);
  }
  await scorer.dispose();
  return scored;
}
