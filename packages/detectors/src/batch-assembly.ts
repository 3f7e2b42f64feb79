// From the bytes of a batch's windows to what a step is fed: augmented, and laid out as float32. Pure, so that it may
// run on whichever thread.
import { type Augmentation, augment } from "./augmentation.ts";
import type { Channels } from "./detector.ts";
import { emptyBatch, placeWindow, type WindowBatch, type WindowShape } from "./frames.ts";

export interface AssemblyJob {
  /** uint8, the windows one after the other: [windowFrames, size, size, channels of the window] */
  readonly pixels: Uint8Array<ArrayBuffer>;
  readonly windows: readonly {
    readonly channels: Channels;
    /** null: the window is taken as it is */
    readonly augmentation: Augmentation | null;
  }[];
  readonly shape: WindowShape;
}

export interface BatchAssembler {
  /** takes the job's pixels over: the caller may not use them any more */
  assemble(job: AssemblyJob): Promise<WindowBatch>;
  /** how many batches are worth having under way at a time */
  readonly depth: number;
  close(): Promise<void>;
}

export function assembleBatch({ pixels, windows, shape }: AssemblyJob): WindowBatch {
  const batch = emptyBatch(windows.length, shape);
  let offset = 0;
  for (const [index, { channels, augmentation }] of windows.entries()) {
    const length = shape.windowFrames * shape.size * shape.size * channels;
    const given = pixels.subarray(offset, offset + length);
    const window = augmentation === null ? given : augment(given, shape.size, channels, augmentation);
    placeWindow(batch, index, window, channels, shape);
    offset += length;
  }
  return batch;
}

/** Between two steps, on the thread that computes them: enough where a step takes hundreds of times as long. */
export const ASSEMBLY_INLINE: BatchAssembler = {
  assemble: async (job) => assembleBatch(job),
  depth: 1,
  close: async () => {},
};
