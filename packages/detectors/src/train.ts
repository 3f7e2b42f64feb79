// The training loop: epochs of shuffled windows, checkpoints to resume from, and an end to what diverges or no longer
// improves.
import { AppError, type MemoryUsage, type TrainingMetrics, type TrainingPosition } from "@engram/core";
import type { Device, Program, TensorDataMap } from "@engram/engine";
import { AssemblyThreads } from "./assembly-threads.ts";
import { ASSEMBLY_INLINE } from "./batch-assembly.ts";
import { throwIfCanceled } from "./cancel.ts";
import type { Detector } from "./detector.ts";
import { judgeEpochs, type Verdict } from "./early-stopping.ts";
import type { ClipRange, WindowBatch } from "./frames.ts";
import { memoryUsage } from "./memory-usage.ts";
import { RunningMedian } from "./running-median.ts";
import {
  afterStep,
  eachLoss,
  epochMetrics,
  type Losses,
  nextEpoch,
  type ResumePoint,
  startPosition,
  type TrainingCheckpoint,
} from "./training-position.ts";
import { TrainingWindows } from "./training-windows.ts";
import { NO_VALIDATION, requireMonitored, type ValidationData, validate } from "./validation.ts";

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
  /** share of this epoch's time in which a step waited for its batch; null before any time has passed */
  readonly inputWaitShare: number | null;
  /** in this epoch so far; null where the architecture's steps tell none */
  readonly memory: MemoryUsage | null;
  readonly finishedEpochs: TrainingMetrics["epochs"];
  /** of the finished epochs */
  readonly verdict: Verdict;
}

export interface TrainingOptions {
  readonly detector: Detector;
  readonly device: Device;
  readonly clips: readonly ClipRange[];
  readonly signal: AbortSignal;
  /** of the same detector on the same clips: training goes on to the same numbers as without the interruption */
  readonly resumeFrom: ResumePoint | null;
  /** what each epoch is measured on at its end; default: nothing */
  readonly validation?: ValidationData;
  /** after every step */
  onProgress(progress: TrainingProgress): void;
  /** after every epoch, and every five minutes within one; training waits for it */
  onCheckpoint(checkpoint: TrainingCheckpoint): Promise<void>;
  /** the state of the last checkpoint that was the best, also of an earlier process: asked for where a figure is monitored */
  readBest?(): Promise<TensorDataMap>;
  /** most threads that augment batches and lay them out ahead of the step; default: 0, one batch ahead on this thread */
  readonly inputThreads?: number;
  /** a monotonic clock in ms */
  readonly clock?: () => number;
}

export interface TrainingResult {
  /** what scoring needs: weights, statistics and memory, of the best epoch where a figure is monitored, else of the last */
  readonly model: TensorDataMap;
  readonly metrics: TrainingMetrics;
}

const CHECKPOINT_INTERVAL_MS = 5 * 60_000;

/**
 * Trains a detector: `epochs` passes over all windows of the clips, by its step, at its rates, or fewer where the
 * monitored figure no longer improves.
 *
 * @throws AppError NO_TRAINING_CLIPS, CLIP_TOO_SHORT; TRAINING_DIVERGED at the first loss that is not finite;
 *   CANCELED within one step of the signal; BAD_INPUT where the checkpoint is of other clips, or where a figure is
 *   monitored that cannot be measured
 */
export async function trainDetector(options: TrainingOptions): Promise<TrainingResult> {
  const { detector } = options;
  requireMonitored(detector, options.validation ?? NO_VALIDATION);
  if (detector.hyperparameters.monitor !== "NONE" && options.readBest === undefined) {
    throw new AppError("INTERNAL", "A training that monitors a figure must keep its best checkpoint.");
  }
  const assembler = options.inputThreads ? new AssemblyThreads(options.inputThreads) : ASSEMBLY_INLINE;
  try {
    return await trainOn(new TrainingWindows(options.clips, detector, assembler), options);
  } finally {
    await assembler.close();
  }
}

async function trainOn(windows: TrainingWindows, options: TrainingOptions): Promise<TrainingResult> {
  const { resumeFrom, signal } = options;
  if (resumeFrom !== null && resumeFrom.position.windowCount !== windows.count) {
    const counts = `${resumeFrom.position.windowCount} windows, but the clips now hold ${windows.count}`;
    throw new AppError("BAD_INPUT", `The checkpoint cannot be resumed: it was trained on ${counts}.`);
  }
  throwIfCanceled(signal, "Training");
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
  #verdict: Verdict;
  /** when the epoch would have begun, had it run without interruption */
  #epochStart: number;
  #lastCheckpoint: number;

  constructor(options: TrainingOptions, windows: TrainingWindows, program: Program) {
    this.#options = options;
    this.#windows = windows;
    this.#program = program;
    this.#clock = options.clock ?? (() => performance.now());
    this.#position = options.resumeFrom?.position ?? startPosition(options.detector.losses, windows.count);
    this.#verdict = this.#judge();
    this.#lastCheckpoint = this.#clock();
    this.#epochStart = this.#lastCheckpoint - 1000 * this.#position.elapsedSeconds;
  }

  async run(): Promise<TrainingResult> {
    const { detector, device } = this.#options;
    const { epochs } = detector.hyperparameters;
    while (this.#position.epoch < epochs && this.#verdict.stopReason === null) await this.#epoch();
    const { finishedEpochs } = this.#position;
    const lastEpoch = this.#position.epoch - 1;
    const { best, stopReason } = this.#verdict;
    const metrics: TrainingMetrics = {
      epochs: finishedEpochs,
      steps: finishedEpochs.length * this.#windows.stepsPerEpoch,
      millisecondsPerStep: this.#millisecondsPerStep,
      device: device.description,
      parameterCount: detector.parameterCount,
      modelEpoch: best?.epoch ?? lastEpoch,
      best,
      earlyStop:
        stopReason === null || this.#position.epoch === epochs
          ? null
          : { epoch: lastEpoch, reason: stopReason },
    };
    return { model: detector.deployable(await this.#chosenState()), metrics };
  }

  async #chosenState(): Promise<TensorDataMap> {
    const { best } = this.#verdict;
    if (best === null || best.epoch === this.#position.epoch - 1) return await this.#program.readState();
    return await this.#options.readBest!();
  }

  async #epoch(): Promise<void> {
    const { epoch, step } = this.#position;
    const { seed } = this.#options.detector.hyperparameters;
    let asked = this.#clock();
    for await (const batch of this.#windows.epoch(seed, epoch, step)) {
      await this.#step(batch, this.#clock() - asked);
      if (this.#clock() - this.#lastCheckpoint >= CHECKPOINT_INTERVAL_MS) {
        await this.#checkpoint(await this.#program.readState(), false);
      }
      asked = this.#clock();
    }
    await this.#finishEpoch();
  }

  async #step(batch: WindowBatch, waitedMs: number): Promise<void> {
    const { signal, detector } = this.#options;
    const { epoch, step } = this.#position;
    const { stepsPerEpoch } = this.#windows;
    throwIfCanceled(signal, "Training");
    const started = this.#clock();
    const stepNumber = epoch * stepsPerEpoch + step + 1;
    const outputs = await this.#program.run({ ...batch }, { learningRate: this.#learningRate, stepNumber });
    if (!this.#isFirstStep) this.#stepTimes.add(this.#clock() - started);
    this.#isFirstStep = false;
    const losses = eachLoss(detector.losses, (name) => outputs[name]![0]!);
    for (const [name, value] of Object.entries(losses)) {
      if (Number.isFinite(value)) continue;
      const where = `step ${step + 1} of ${stepsPerEpoch} in epoch ${epoch + 1}`;
      throw new AppError("TRAINING_DIVERGED", `Training diverged: ${name} is ${value} at ${where}.`);
    }
    this.#position = afterStep(this.#position, {
      losses,
      itemShares: outputs.itemShares ?? null,
      inputWaitSeconds: waitedMs / 1000,
      elapsedSeconds: (this.#clock() - this.#epochStart) / 1000,
      millisecondsPerStep: this.#millisecondsPerStep,
    });
    this.#report(losses);
    throwIfCanceled(signal, "Training");
  }

  #report(losses: Losses): void {
    const { epoch, step, millisecondsPerStep, inputWaitSeconds, elapsedSeconds } = this.#position;
    const { finishedEpochs, itemShareSums } = this.#position;
    this.#options.onProgress({
      ...{ epoch, epochs: this.#options.detector.hyperparameters.epochs },
      ...{ step, stepsPerEpoch: this.#windows.stepsPerEpoch, learningRate: this.#learningRate },
      ...{ losses, millisecondsPerStep, finishedEpochs },
      inputWaitShare: elapsedSeconds > 0 ? inputWaitSeconds / elapsedSeconds : null,
      memory: memoryUsage(itemShareSums),
      verdict: this.#verdict,
    });
  }

  async #finishEpoch(): Promise<void> {
    const { detector, device, signal, validation = NO_VALIDATION } = this.#options;
    const { epoch } = this.#position;
    const seconds = (this.#clock() - this.#epochStart) / 1000;
    const state = await this.#program.readState();
    const figures = await validate(detector, device, state, validation, signal);
    const finished = epochMetrics(this.#position, this.#learningRate, seconds, figures);
    this.#epochStart = this.#clock();
    this.#position = nextEpoch(this.#position, finished);
    this.#verdict = this.#judge();
    await this.#checkpoint(state, this.#verdict.best?.epoch === epoch);
  }

  async #checkpoint(state: TensorDataMap, isBest: boolean): Promise<void> {
    await this.#options.onCheckpoint({ state, position: this.#position, isBest });
    this.#lastCheckpoint = this.#clock();
  }

  #judge(): Verdict {
    return judgeEpochs(this.#position.finishedEpochs, this.#options.detector.hyperparameters);
  }

  get #learningRate(): number {
    return this.#options.detector.learningRateOf(this.#position.epoch);
  }

  /** of this process, or of the one before as long as this one has none */
  get #millisecondsPerStep(): number | null {
    return this.#stepTimes.value ?? this.#options.resumeFrom?.position.millisecondsPerStep ?? null;
  }
}
