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
}

/** In the platform's way: frame by frame in order, the memory updated and carried from clip to clip. */
export async function scoreClips({
  detector,
  state,
  device,
  folder,
  report,
}: Scoring): Promise<ScoredClip[]> {
  const labels = JSON.parse(await readFile(join(folder, "frame_labels.json"), "utf8")) as LabelsByClip;
  const scorer = await openScorer({ detector, state, device, memory: "UPDATE" });
  const scored: ScoredClip[] = [];
  for (const clip of await readClips(join(folder, "testing/frames"), detector.hyperparameters.size)) {
    const gaps = () => new Float64Array(clip.frameCount).fill(Number.NaN);
    const lanes = Object.fromEntries(detector.lanes.map((lane) => [lane, gaps()]));
    for await (const frame of scorer.scoreClip(clip)) {
      for (const lane of detector.lanes) lanes[lane]![frame.frameIndex] = frame.lanes[lane]!;
    }
    const truth = labels[clip.name];
    if (truth?.length !== clip.frameCount) throw new Error(`Clip ${clip.name} has no label for each frame.`);
    scored.push({ name: clip.name, lanes, labels: truth });
    report(`clip ${clip.name}: ${clip.frameCount} frames`);
  }
  await scorer.dispose();
  return scored;
}

type LabelsByClip = Readonly<Record<string, readonly number[] | undefined>>;
