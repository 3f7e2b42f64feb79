// What is compared: test clips with their labels and raw lanes, as a platform's scoring run would store them.
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Calibration, type Lane, resolveHyperparameters } from "@engram/core";
import {
  type ClipRange,
  calibrate,
  createDetector,
  type Detector,
  type FrameSource,
  fromPublishedWeights,
  openScorer,
  trainDetector,
} from "@engram/detectors";
import { type Device, decodeSafetensors, openDevice, type TensorDataMap } from "@engram/engine";
import { createResizer, decodeFrame, withChannels, writeSyntheticScene } from "@engram/media";
import { sharedPath } from "@engram/testkit";

export interface ScoredClip {
  readonly name: string;
  /** one value a frame, NaN where it cannot be scored */
  readonly lanes: Readonly<Partial<Record<Lane, Float64Array>>>;
  /** 1 = abnormal, one a frame */
  readonly labels: readonly number[];
}

export interface Subject {
  readonly description: string;
  readonly clips: readonly ScoredClip[];
  /** null: no frame is normal and unseen by training */
  readonly calibration: Calibration["samples"] | null;
}

type Report = (message: string) => void;

/** Share of each training clip that the platform holds out for calibration. */
const HELD_OUT_SHARE = 0.1;
const never = new AbortController().signal;

/** Ped2's test clips by the weights that the published code was trained to, at half its width. */
export async function scorePed2(report: Report): Promise<Subject> {
  const folder = sharedPath("data/ped2");
  const weights = sharedPath("reference/mnad_compact_reference.safetensors");
  if (folder === null || weights === null) throw new Error("Ped2 and the reference's weights are needed.");
  const detector = createDetector("MNAD_PREDICTION", resolveHyperparameters("MNAD_PREDICTION", "compact"));
  const { width, size } = detector.hyperparameters;
  const state = fromPublishedWeights(decodeSafetensors(await readFile(weights)).tensors, width);
  const device = await openDevice("onnx-cpu");
  try {
    const clips = await scoreClips({ detector, state, device, folder, report });
    const description = `Ped2, weights of the published code at ${size}×${size} and width ${width}; ${countsOf(clips)}.`;
    return { description, clips, calibration: null };
  } finally {
    await device.dispose();
  }
}

/** The synthetic scene by a detector of the preset "tiny", trained on 90 % of each training clip. */
export async function scoreScene(report: Report): Promise<Subject> {
  const folder = await mkdtemp(join(tmpdir(), "engram-region-"));
  const device = await openDevice("onnx-cpu");
  try {
    await writeSyntheticScene(folder);
    const detector = createDetector("MNAD_PREDICTION", resolveHyperparameters("MNAD_PREDICTION", "tiny"));
    const { size, epochs, seed } = detector.hyperparameters;
    const clips = await readClips(join(folder, "training/frames"), size);
    const held = clips.map(({ frameCount }) => Math.round(frameCount * (1 - HELD_OUT_SHARE)));
    const training = clips.map((source, i): ClipRange => ({ source, firstFrame: 0, endFrame: held[i]! }));
    const normal = clips.map(
      (source, i): ClipRange => ({ source, firstFrame: held[i]!, endFrame: source.frameCount }),
    );
    const { model: state } = await trainDetector({
      ...{ detector, device, clips: training, signal: never, resumeFrom: null },
      onProgress({ epoch, step, stepsPerEpoch, losses }) {
        if (step === stepsPerEpoch) report(`epoch ${epoch + 1} of ${epochs}: loss ${losses.loss.toFixed(5)}`);
      },
      onCheckpoint: async () => undefined,
    });
    const scorer = await openScorer({ detector, state, device, memory: "FROZEN" });
    const { samples } = await calibrate(scorer, normal, never, () => undefined);
    await scorer.dispose();
    const scored = await scoreClips({ detector, state, device, folder, report });
    const description = `Synthetic scene, preset "tiny" after ${epochs} epochs, seed ${seed}; ${countsOf(scored)}.`;
    return { description, clips: scored, calibration: samples };
  } finally {
    await device.dispose();
    await rm(folder, { recursive: true, force: true });
  }
}

interface Scoring {
  readonly detector: Detector;
  readonly state: TensorDataMap;
  readonly device: Device;
  /** with testing/frames and frame_labels.json */
  readonly folder: string;
  readonly report: Report;
}

/** In the platform's way: frame by frame in order, the memory updated and carried from clip to clip. */
async function scoreClips({ detector, state, device, folder, report }: Scoring): Promise<ScoredClip[]> {
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

function countsOf(clips: readonly ScoredClip[]): string {
  const frames = clips.flatMap(({ lanes }) => Array.from(lanes.PSNR ?? [])).filter(Number.isFinite).length;
  return `${frames} scored frames of ${clips.length} clips`;
}

/** Folders of pictures as clips, decoded and resized once: training reads every frame many times. */
async function readClips(folder: string, size: number): Promise<FrameSource[]> {
  const clips: FrameSource[] = [];
  for (const name of (await readdir(folder)).sort())
    clips.push(await readClip(join(folder, name), name, size));
  return clips;
}

async function readClip(folder: string, name: string, size: number): Promise<FrameSource> {
  const files = (await readdir(folder)).sort();
  const first = await decodeFrame(await readFile(join(folder, files[0]!)));
  const { channels } = first;
  const frameBytes = size * size * channels;
  const pixels = new Uint8Array(files.length * frameBytes);
  const resize = createResizer(first, { width: size, height: size }, channels);
  for (const [index, file] of files.entries()) {
    const image = withChannels(await decodeFrame(await readFile(join(folder, file))), channels);
    resize(image.data, pixels.subarray(index * frameBytes, (index + 1) * frameBytes));
  }
  const read = async (start: number, count: number) =>
    pixels.slice(start * frameBytes, (start + count) * frameBytes);
  return { name, frameCount: files.length, channels, read };
}
