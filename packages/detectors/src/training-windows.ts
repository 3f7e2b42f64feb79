// The training windows of all clips: their order in each epoch, and batches read ahead of the step.
import { AppError } from "@engram/core";
import { mulberry32, shuffle } from "@engram/numerics";
import { type AugmentationSettings, drawAugmentation } from "./augmentation.ts";
import { ASSEMBLY_INLINE, type BatchAssembler } from "./batch-assembly.ts";
import type { Channels, Detector } from "./detector.ts";
import { type ClipRange, readFrames, type WindowBatch, type WindowShape, windowCount } from "./frames.ts";

export class TrainingWindows {
  readonly count: number;
  /** 3 where any clip has colours: grey clips then fill all three */
  readonly channels: Channels;
  readonly stepsPerEpoch: number;
  readonly #clips: readonly ClipRange[];
  readonly #shape: WindowShape;
  readonly #assembler: BatchAssembler;
  readonly #augmentation: AugmentationSettings;
  readonly #batchSize: number;
  readonly #stride: number;
  /** index of each clip's first window, and the count at the end */
  readonly #offsets: number[] = [0];

  /** @throws AppError NO_TRAINING_CLIPS without clips, CLIP_TOO_SHORT where the windows do not fill one batch */
  constructor(
    clips: readonly ClipRange[],
    { hyperparameters, windowFrames, trainingStride }: Detector,
    assembler: BatchAssembler = ASSEMBLY_INLINE,
  ) {
    const { size, batchSize } = hyperparameters;
    if (clips.length === 0) {
      throw new AppError("NO_TRAINING_CLIPS", "There is nothing to train on: no training clip was given.");
    }
    for (const clip of clips) {
      const windows = Math.ceil(windowCount(clip, windowFrames) / trainingStride);
      this.#offsets.push(this.#offsets.at(-1)! + windows);
    }
    this.#clips = clips;
    this.#assembler = assembler;
    this.#augmentation = hyperparameters;
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
   * (Fisher–Yates), augmented as drawn for this epoch; a last partial batch is dropped. While the caller uses a batch,
   * as many after it are being read and laid out as the assembler is worth: memory holds those and the order of the
   * windows, four bytes each, however long the clips are.
   */
  async *epoch(seed: number, epoch: number, firstStep: number): AsyncGenerator<WindowBatch, void, void> {
    const unshuffled = Uint32Array.from({ length: this.count }, (_, window) => window);
    const order = shuffle(unshuffled, mulberry32(seed + epoch));
    const prepare = (step: number) => {
      const windows = order.subarray(step * this.#batchSize, (step + 1) * this.#batchSize);
      const batch = this.#prepare(windows, seed, epoch);
      // Met where it is awaited; if the caller stops before, nobody is left to be told.
      batch.catch(() => {});
      return batch;
    };
    const ahead: Promise<WindowBatch>[] = [];
    let next = firstStep;
    for (let step = firstStep; step < this.stepsPerEpoch; step++) {
      while (next < this.stepsPerEpoch && next <= step + this.#assembler.depth) ahead.push(prepare(next++));
      yield await ahead.shift()!;
    }
  }

  async #prepare(windows: Uint32Array, seed: number, epoch: number): Promise<WindowBatch> {
    const { size, windowFrames } = this.#shape;
    const read = await Promise.all(
      Array.from(windows, async (window) => {
        const clip = this.#offsets.findLastIndex((offset) => offset <= window);
        const { source, firstFrame } = this.#clips[clip]!;
        const start = firstFrame + (window - this.#offsets[clip]!) * this.#stride;
        const pixels = await readFrames(source, start, windowFrames, size);
        const augmentation = drawAugmentation(this.#augmentation, seed, epoch, window);
        return { pixels, channels: source.channels, augmentation };
      }),
    );
    const pixels = new Uint8Array(read.reduce((sum, { pixels: { length } }) => sum + length, 0));
    let offset = 0;
    for (const window of read) {
      pixels.set(window.pixels, offset);
      offset += window.pixels.length;
    }
    const parts = read.map(({ channels, augmentation }) => ({ channels, augmentation }));
    return this.#assembler.assemble({ pixels, windows: parts, shape: this.#shape });
  }
}
