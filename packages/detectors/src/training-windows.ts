// The training windows of all clips: their order in each epoch, and batches read ahead of the step.
import { AppError } from "@engram/core";
import { mulberry32, shuffle } from "@engram/numerics";
import type { Channels, Detector } from "./detector.ts";
import {
  type ClipRange,
  emptyBatch,
  placeWindow,
  readFrames,
  type WindowBatch,
  type WindowShape,
  windowCount,
} from "./frames.ts";

export class TrainingWindows {
  readonly count: number;
  /** 3 where any clip has colours: grey clips then fill all three */
  readonly channels: Channels;
  readonly stepsPerEpoch: number;
  readonly #clips: readonly ClipRange[];
  readonly #shape: WindowShape;
  readonly #batchSize: number;
  readonly #stride: number;
  /** index of each clip's first window, and the count at the end */
  readonly #offsets: number[] = [0];

  /** @throws AppError NO_TRAINING_CLIPS without clips, CLIP_TOO_SHORT where the windows do not fill one batch */
  constructor(clips: readonly ClipRange[], { hyperparameters, windowFrames, trainingStride }: Detector) {
    const { size, batchSize } = hyperparameters;
    if (clips.length === 0) {
      throw new AppError("NO_TRAINING_CLIPS", "There is nothing to train on: no training clip was given.");
    }
    for (const clip of clips) {
      const windows = Math.ceil(windowCount(clip, windowFrames) / trainingStride);
      this.#offsets.push(this.#offsets.at(-1)! + windows);
    }
    this.#clips = clips;
    this.#batchSize = batchSize;
    this.#stride = trainingStride;
    this.count = this.#offsets.at(-1)!;
    this.channels = clips.some(({ source }) => source.channels === 3) ? 3 : 1;
    this.#shape = { size, windowFrames, channels: this.channels };
    this.stepsPerEpoch = Math.floor(this.count / batchSize);
    if (this.stepsPerEpoch === 0) {
      throw new AppError(
        "CLIP_TOO_SHORT",
        `The training clips hold ${this.count} window(s) of ${windowFrames} frames, fewer than one batch of ${batchSize}.`,
      );
    }
  }

  /**
   * The batches of one epoch from `firstStep` on. Every window once, in an order drawn from mulberry32(seed + epoch)
   * (Fisher–Yates); a last partial batch is dropped. The next batch is being read while the caller uses this one.
   */
  async *epoch(seed: number, epoch: number, firstStep: number): AsyncGenerator<WindowBatch, void, void> {
    const unshuffled = Uint32Array.from({ length: this.count }, (_, window) => window);
    const order = shuffle(unshuffled, mulberry32(seed + epoch));
    const read = (step: number) => {
      const batch = this.#read(order.subarray(step * this.#batchSize, (step + 1) * this.#batchSize));
      // Met where it is awaited; if the caller stops before, nobody is left to be told.
      batch.catch(() => {});
      return batch;
    };
    let ahead = read(firstStep);
    for (let step = firstStep; step < this.stepsPerEpoch; step++) {
      const batch = await ahead;
      if (step + 1 < this.stepsPerEpoch) ahead = read(step + 1);
      yield batch;
    }
  }

  async #read(windows: Uint32Array): Promise<WindowBatch> {
    const batch = emptyBatch(windows.length, this.#shape);
    const { size, windowFrames } = this.#shape;
    await Promise.all(
      Array.from(windows, async (window, index) => {
        const clip = this.#offsets.findLastIndex((offset) => offset <= window);
        const { source, firstFrame } = this.#clips[clip]!;
        const start = firstFrame + (window - this.#offsets[clip]!) * this.#stride;
        const pixels = await readFrames(source, start, windowFrames, size);
        placeWindow(batch, index, pixels, source.channels, this.#shape);
      }),
    );
    return batch;
  }
}
