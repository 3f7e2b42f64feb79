// The training loop: epochs of shuffled windows, checkpoints to resume from, and an end to what diverges.
import { AppError, type TrainingMetrics, type TrainingPosition } from "@engram/core";
import type { Device, Program, TensorDataMap } from "@engram/engine";
import { throwIfCanceled } from "./cancel.ts";
import type { Detector } from "./detector.ts";
import type { ClipRange, WindowBatch } from "./frames.ts";
import { RunningMedian } from "./running-median.ts";
import type { Losses, ResumePoint, TrainingCheckpoint } from "./training-position.ts";
import { TrainingWindows } from "./training-windows.ts";

export interface TrainingProgress {
  /** 0-based */
  readonly epoch: number;
  readonly epochs: number;
  /** steps of this epoch that are done */
  readonly step: number;
  readonly stepsPerEpoch: number;
  readonly learningRate: number;
  /** of the step just done */
  readonly losses: Losses;
  /** median so far, the first step left out */
  readonly millisecondsPerStep: number | null;
}

export interface TrainingOptions {
  readonly detector: Detector;
  readonly device: Device;
  readonly clips: readonly ClipRange[];
  readonly signal: AbortSignal;
  /** of the same detector on the same clips: training goes on to the same numbers as without the interruption */
  readonly resumeFrom: ResumePoint | null;
  /** after every step */
  onProgress(progress: TrainingProgress): void;
  /** after every epoch, and every five minutes within one; training waits for it */
  onCheckpoint(checkpoint: TrainingCheckpoint): Promise<void>;
  /** a monotonic clock in ms */
  readonly clock?: () => number;
}

export interface TrainingResult {
  /** what scoring needs: weights, statistics and memory */
  readonly model: TensorDataMap;
  readonly metrics: TrainingMetrics;
}

const CHECKPOINT_INTERVAL_MS = 5 * 60_000;

/**
 * Trains a detector: `epochs` passes over all windows of the clips, by its step, at its rates.
 *
 * @throws AppError NO_TRAINING_CLIPS, CLIP_TOO_SHORT; TRAINING_DIVERGED at the first loss that is not finite;
 *   CANCELED within one step of the signal; BAD_INPUT where the checkpoint is of other clips
 */
export async function trainDetector(options: TrainingOptions): Promise<TrainingResult> {
  const { detector, resumeFrom } = options;
  const windows = new TrainingWindows(options.clips, detector);
  if (resumeFrom !== null && resumeFrom.position.windowCount !== windows.count) {
    const counts = `${resumeFrom.position.windowCount} windows, but the clips now hold ${windows.count}`;
    throw new AppError("BAD_INPUT", `The checkpoint cannot be resumed: it was trained on ${counts}.`);
  }
  throwIfCanceled(options.signal, "Training");
  const program = await compile(options, windows);
  try {
    return await new TrainingRun(options, windows, program).run();
  } finally {
    await program.dispose();
  }
}

/** Apart, so that the first state is let go once the program has its own: a caller's local would keep it to the end. */
async function compile({ detector, device, resumeFrom }: TrainingOptions, { channels }: TrainingWindows) {
  const state = (await resumeFrom?.readState()) ?? detector.initialState(detector.hyperparameters.seed);
  return device.compile(detector.trainStep(channels), state);
}

class TrainingRun {
  readonly #options: TrainingOptions;
  readonly #windows: TrainingWindows;
  readonly #program: Program;
  readonly #clock: () => number;
  readonly #stepTimes = new RunningMedian();
  #isFirstStep = true;
  #position: TrainingPosition;
  /** when the epoch would have begun, had it run without interruption */
  #epochStart: number;
  #lastCheckpoint: number;

  constructor(options: TrainingOptions, windows: TrainingWindows, program: Program) {
    this.#options = options;
    this.#windows = windows;
    this.#program = program;
    this.#clock = options.clock ?? (() => performance.now());
    this.#position = options.resumeFrom?.position ?? {
      epoch: 0,
      step: 0,
      lossSums: this.#eachLoss(() => 0),
      elapsedSeconds: 0,
      finishedEpochs: [],
      millisecondsPerStep: null,
      windowCount: windows.count,
    };
    this.#lastCheckpoint = this.#clock();
    this.#epochStart = this.#lastCheckpoint - 1000 * this.#position.elapsedSeconds;
  }

  async run(): Promise<TrainingResult> {
    const { detector, device } = this.#options;
    const { epochs } = detector.hyperparameters;
    while (this.#position.epoch < epochs) await this.#epoch();
    const { finishedEpochs } = this.#position;
    const metrics: TrainingMetrics = {
      epochs: finishedEpochs,
      steps: epochs * this.#windows.stepsPerEpoch,
      millisecondsPerStep: this.#millisecondsPerStep,
      device: device.description,
      parameterCount: detector.parameterCount,
    };
    return { model: detector.deployable(await this.#program.readState()), metrics };
  }

  async #epoch(): Promise<void> {
    const { epoch, step } = this.#position;
    const { seed } = this.#options.detector.hyperparameters;
    for await (const batch of this.#windows.epoch(seed, epoch, step)) {
      await this.#step(batch);
      if (this.#clock() - this.#lastCheckpoint >= CHECKPOINT_INTERVAL_MS) await this.#checkpoint();
    }
    this.#finishEpoch();
    await this.#checkpoint();
  }

  async #step(batch: WindowBatch): Promise<void> {
    const { signal, detector, onProgress } = this.#options;
    const { epochs } = detector.hyperparameters;
    const { epoch, step, lossSums } = this.#position;
    const { stepsPerEpoch } = this.#windows;
    throwIfCanceled(signal, "Training");
    const started = this.#clock();
    const stepNumber = epoch * stepsPerEpoch + step + 1;
    const learningRate = this.#learningRate;
    const outputs = await this.#program.run({ ...batch }, { learningRate, stepNumber });
    if (!this.#isFirstStep) this.#stepTimes.add(this.#clock() - started);
    this.#isFirstStep = false;
    const losses = this.#eachLoss((name) => outputs[name]![0]!);
    for (const [name, value] of Object.entries(losses)) {
      if (Number.isFinite(value)) continue;
      const where = `step ${step + 1} of ${stepsPerEpoch} in epoch ${epoch + 1}`;
      throw new AppError("TRAINING_DIVERGED", `Training diverged: ${name} is ${value} at ${where}.`);
    }
    this.#position = {
      ...this.#position,
      step: step + 1,
      lossSums: this.#eachLoss((name) => lossSums[name]! + losses[name]!),
      elapsedSeconds: (this.#clock() - this.#epochStart) / 1000,
      millisecondsPerStep: this.#millisecondsPerStep,
    };
    const { millisecondsPerStep } = this.#position;
    onProgress({ epoch, epochs, step: step + 1, stepsPerEpoch, learningRate, losses, millisecondsPerStep });
    throwIfCanceled(signal, "Training");
  }

  #finishEpoch(): void {
    const { epoch, step, lossSums, finishedEpochs } = this.#position;
    const now = this.#clock();
    const seconds = (now - this.#epochStart) / 1000;
    const means = this.#eachLoss((name) => lossSums[name]! / step);
    const finished = { epoch, learningRate: this.#learningRate, ...means, seconds };
    this.#epochStart = now;
    this.#position = {
      ...this.#position,
      epoch: epoch + 1,
      step: 0,
      lossSums: this.#eachLoss(() => 0),
      elapsedSeconds: 0,
      finishedEpochs: [...finishedEpochs, finished],
    };
  }

  async #checkpoint(): Promise<void> {
    const state = await this.#program.readState();
    await this.#options.onCheckpoint({ state, position: this.#position });
    this.#lastCheckpoint = this.#clock();
  }

  get #learningRate(): number {
    return this.#options.detector.learningRateOf(this.#position.epoch);
  }

  /** of this process, or of the one before as long as this one has none */
  get #millisecondsPerStep(): number | null {
    return this.#stepTimes.value ?? this.#options.resumeFrom?.position.millisecondsPerStep ?? null;
  }

  #eachLoss(value: (name: keyof Losses) => number): Losses {
    const { losses } = this.#options.detector;
    const terms = Object.fromEntries(losses.map((name) => [name, value(name)]));
    return { loss: value("loss"), pixelLoss: value("pixelLoss"), ...terms };
  }
}
