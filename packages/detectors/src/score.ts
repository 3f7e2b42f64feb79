// Scoring: frame by frame, in order, the memory carried from frame to frame and from clip to clip. The lanes of an
// updating scorer depend on that order: split or resume a run and they change, which a frozen memory avoids.
import { type BackgroundRule, backgroundRule, type Lane, type MemoryMode } from "@engram/core";
import type { Device, Program, TensorDataMap } from "@engram/engine";
import { psnrFromMse } from "@engram/numerics";
import { throwIfCanceled } from "./cancel.ts";
import { type Channels, type Detector, gateScalar } from "./detector.ts";
import { type CorrectedErrors, measureErrors } from "./error-map.ts";
import { emptyBatch, type FrameSource, placeWindow, readFrames, windowCount } from "./frames.ts";
import { compileOptionsOf, type ScoringPrecision } from "./precision.ts";

/** The lanes that every detector has, and those of its own. */
export type FrameLanes = Readonly<Partial<Record<Lane, number>>> &
  Readonly<Record<"PREDICTION_ERROR" | "REGION_ERROR" | "PEAK_ERROR" | "PSNR", number>>;

export interface FrameResult {
  /** of the scored frame, in its clip */
  readonly frameIndex: number;
  /**
   * PREDICTION_ERROR: mean squared error of frames in [0, 1]; REGION_ERROR: mean absolute error of the worst region;
   * PSNR: dB, at most 100; PEAK_ERROR: the largest absolute errors; CORRECTED_ERROR: the same without the background's
   * part. Where the detector has them FEATURE_DISTANCE, FEATURE_PSNR (the same in dB, at most 100), REGULAR_SCORE,
   * ABSOLUTE_ERROR
   */
  readonly lanes: FrameLanes;
  /** float32 [size·size], absolute error, mean over colours, frames in [0, 1] */
  readonly errorMap: Float32Array;
  /** uint32 [64]: `errorHistogram` of the error map */
  readonly histogram: Uint32Array;
  /** null, and CORRECTED_ERROR absent, where the background error is to be learned by a calibration and is not yet */
  readonly corrected: CorrectedErrors | null;
  /** whether this frame passed the gate and changed the memory for the next */
  readonly memoryUpdated: boolean;
}

export interface Scorer {
  readonly detector: Detector;
  /**
   * The frames of the clip, or of the range, that have a whole window inside it, in order. One clip at a time.
   *
   * @throws AppError CANCELED within one frame of the signal; BAD_INPUT where the range is not in the clip
   */
  scoreClip(
    source: FrameSource,
    range?: { readonly firstFrame: number; readonly endFrame: number },
    signal?: AbortSignal,
  ): AsyncGenerator<FrameResult, void, void>;
  /** the memory as it stands */
  readMemory(): Promise<TensorDataMap>;
  dispose(): Promise<void>;
}

export interface ScorerOptions {
  readonly detector: Detector;
  /** a trained state; what scoring does not need of it is left out */
  readonly state: TensorDataMap;
  readonly device: Device;
  /** where an interrupted scoring goes on; default: the memory of `state` */
  readonly startMemory?: TensorDataMap;
  /** UPDATE: the published test-time update. FROZEN: the memory stays as trained, frames are independent */
  readonly memory: MemoryMode;
  /** in place of the detector's own γ: regular scores below it open the gate. Has no effect on a frozen memory */
  readonly gate?: number;
  /** default: FP32 */
  readonly precision?: ScoringPrecision;
  /** `backgroundError` of the model's calibration: what a detector whose `backgroundMethod` is CALIBRATED corrects by */
  readonly backgroundError?: number | null;
}

/** No regular score is below it. */
const CLOSED_GATE = 0;
/** Windows read at once. */
const CHUNK = 16;

export async function openScorer(options: ScorerOptions): Promise<Scorer> {
  return new StepScorer(options);
}

class StepScorer implements Scorer {
  readonly detector: Detector;
  readonly #device: Device;
  readonly #model: TensorDataMap;
  readonly #startMemory: TensorDataMap;
  readonly #gate: number;
  readonly #precision: ScoringPrecision;
  readonly #background: BackgroundRule | null;
  #program: { readonly channels: Channels; readonly program: Program } | null = null;

  constructor(options: ScorerOptions) {
    const { detector, state, device, memory, gate, precision, startMemory, backgroundError } = options;
    this.detector = detector;
    this.#device = device;
    this.#model = detector.deployable(state);
    this.#startMemory = startMemory ?? this.#memoryOf(this.#model);
    this.#gate = memory === "FROZEN" ? CLOSED_GATE : (gate ?? detector.gate ?? CLOSED_GATE);
    this.#precision = precision ?? { precision: "FP32" };
    this.#background = backgroundRule(detector.hyperparameters, backgroundError ?? null);
  }

  async *scoreClip(
    source: FrameSource,
    range = { firstFrame: 0, endFrame: source.frameCount },
    signal?: AbortSignal,
  ): AsyncGenerator<FrameResult, void, void> {
    const { windowFrames } = this.detector;
    const windows = windowCount({ source, ...range }, windowFrames);
    const { size } = this.detector.hyperparameters;
    const shape = { size, channels: source.channels, windowFrames };
    const area = size * size * source.channels;
    const batch = emptyBatch(1, shape);
    const read = (window: number) => {
      const count = Math.min(CHUNK, windows - window) + windowFrames - 1;
      const pixels = readFrames(source, range.firstFrame + window, count, size);
      // Met where it is awaited; if the caller stops before, nobody is left to be told.
      pixels.catch(() => {});
      return pixels;
    };
    let ahead = windows > 0 ? read(0) : null;
    for (let first = 0; ahead !== null; first += CHUNK) {
      const pixels: Uint8Array = await ahead;
      ahead = first + CHUNK < windows ? read(first + CHUNK) : null;
      for (let window = first; window < Math.min(first + CHUNK, windows); window++) {
        throwIfCanceled(signal, "Scoring");
        const start = (window - first) * area;
        placeWindow(batch, 0, pixels.subarray(start, start + windowFrames * area), source.channels, shape);
        const program = await this.#programFor(source.channels);
        const outputs = await program.run({ ...batch }, gateScalar(this.detector, this.#gate));
        const frameIndex = range.firstFrame + window + this.detector.scoredFrame;
        yield toResult(frameIndex, outputs, this.detector, this.#background);
      }
    }
  }

  async readMemory(): Promise<TensorDataMap> {
    if (this.#program !== null) return await this.#program.program.readState();
    return this.#startMemory;
  }

  async dispose(): Promise<void> {
    const open = this.#program;
    this.#program = null;
    await open?.program.dispose();
  }

  /** Grey and colour clips take programs of different shapes: the memory moves from one to the next. */
  async #programFor(channels: Channels): Promise<Program> {
    if (this.#program?.channels === channels) return this.#program.program;
    const step = this.detector.scoreStep(this.#model, channels);
    const memory = await this.readMemory();
    await this.dispose();
    const options = compileOptionsOf(this.detector, channels, this.#precision);
    // Compiled for the trained memory, so that 8-bit ranges do not depend on where scoring was interrupted.
    const program = await this.#device.compile(step, this.#memoryOf(this.#model), options);
    await program.writeState(memory);
    this.#program = { channels, program };
    return program;
  }

  #memoryOf(model: TensorDataMap): TensorDataMap {
    const names = Object.keys(this.detector.memorySpecs);
    return Object.fromEntries(names.map((name) => [name, model[name]!]));
  }
}

function toResult(
  frameIndex: number,
  outputs: Awaited<ReturnType<Program["run"]>>,
  detector: Detector,
  background: BackgroundRule | null,
): FrameResult {
  const figure = (name: string) => outputs[name]![0]!;
  const error = figure("predictionError");
  const errorMap = outputs.errorMap as Float32Array;
  const { histogram, corrected, lanes } = measureErrors(errorMap, detector.hyperparameters.size, background);
  return {
    frameIndex,
    lanes: {
      PREDICTION_ERROR: error,
      REGION_ERROR: figure("regionError"),
      ...lanes,
      PSNR: psnrFromMse(error, outputs.framePeak?.[0]),
      ...(outputs.featureDistance && { FEATURE_DISTANCE: figure("featureDistance") }),
      ...(detector.lanes.includes("FEATURE_PSNR") && {
        FEATURE_PSNR: psnrFromMse(figure("featureDistance")),
      }),
      ...(outputs.regularScore && { REGULAR_SCORE: figure("regularScore") }),
      ...(outputs.absoluteError && { ABSOLUTE_ERROR: figure("absoluteError") }),
    },
    ...{ errorMap, histogram, corrected },
    memoryUpdated: outputs.memoryUpdated?.[0] === 1,
  };
}
