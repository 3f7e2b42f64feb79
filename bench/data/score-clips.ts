// Test clips with their labels and raw lanes, as a platform's scoring run would store them.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Lane } from "@engram/core";
import { type Detector, openScorer } from "@engram/detectors";
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

interface Scoring {
  readonly detector: Detector;
  readonly state: TensorDataMap;
  readonly device: Device;
  /** with testing/frames and frame_labels.json */
  readonly folder: string;
  readonly report: Report;
  /** of one frame: float32 [size · size], absolute errors of frames in [0, 1] */
  readonly measure?: (errorMap: Float32Array, size: number) => Readonly<Record<string, number>>;
}

/** In the platform's way: frame by frame in order, the memory updated and carried from clip to clip. */
export async function scoreClips({
  detector,
  state,
  device,
  folder,
  report,
  measure,
}: Scoring): Promise<ScoredClip[]> {
  const labels = JSON.parse(await readFile(join(folder, "frame_labels.json"), "utf8")) as LabelsByClip;
  const scorer = await openScorer({ detector, state, device, memory: "UPDATE" });
  const scored: ScoredClip[] = [];
  const { size } = detector.hyperparameters;
  for (const clip of await readClips(join(folder, "testing/frames"), size)) {
    const gaps = () => new Float64Array(clip.frameCount).fill(Number.NaN);
    const lanes = Object.fromEntries(detector.lanes.map((lane) => [lane, gaps()]));
    const measures: Record<string, Float64Array> = {};
    for await (const frame of scorer.scoreClip(clip)) {
      for (const lane of detector.lanes) lanes[lane]![frame.frameIndex] = frame.lanes[lane]!;
      for (const [name, value] of Object.entries(measure?.(frame.errorMap, size) ?? {})) {
        measures[name] ??= gaps();
        measures[name][frame.frameIndex] = value;
      }
    }
    const truth = labels[clip.name];
    if (truth?.length !== clip.frameCount) throw new Error(`Clip ${clip.name} has no label for each frame.`);
    scored.push({ name: clip.name, lanes, measures, labels: truth });
    report(`clip ${clip.name}: ${clip.frameCount} frames`);
  }
  await scorer.dispose();
  return scored;
}

type LabelsByClip = Readonly<Record<string, readonly number[] | undefined>>;
