// Where frames come from, and the windows of consecutive frames that training and scoring take from them.
import { AppError } from "@engram/core";
import type { ops, TensorMap, TensorSpec } from "@engram/engine";
import type { Channels } from "./detector.ts";

/** A clip's frames at the model's input size: uint8 [count, size, size, channels], in order. */
export interface FrameSource {
  readonly name: string;
  readonly frameCount: number;
  readonly channels: Channels;
  /** frames start … start+count−1, row-major; rejects where the clip does not hold them */
  read(start: number, count: number): Promise<Uint8Array>;
}

/** Frames firstFrame … endFrame−1 of a clip. */
export interface ClipRange {
  readonly source: FrameSource;
  readonly firstFrame: number;
  readonly endFrame: number;
}

/** Windows of a range that lie wholly inside it; 0 where it is shorter than one. */
export function windowCount(range: ClipRange, windowFrames: number): number {
  checkRange(range);
  return Math.max(0, range.endFrame - range.firstFrame - windowFrames + 1);
}

function checkRange({ source, firstFrame, endFrame }: ClipRange): void {
  if (firstFrame >= 0 && endFrame >= firstFrame && endFrame <= source.frameCount) return;
  throw new AppError(
    "BAD_INPUT",
    `Clip "${source.name}" has frames 0 to ${source.frameCount - 1}: cannot take ${firstFrame} to ${endFrame - 1}.`,
  );
}

/** Reads frames and checks that as many bytes came as the size asks for. @throws AppError BAD_INPUT */
export async function readFrames(
  source: FrameSource,
  start: number,
  count: number,
  size: number,
): Promise<Uint8Array> {
  const pixels = await source.read(start, count);
  const expected = count * size * size * source.channels;
  if (pixels.length === expected) return pixels;
  throw new AppError(
    "BAD_INPUT",
    `Clip "${source.name}": frames ${start} to ${start + count - 1} must be ${expected} bytes at ${size}×${size}` +
      ` with ${source.channels} channel(s), but are ${pixels.length}.`,
  );
}

/** Windows laid out as the steps take them, values 0…255. */
export interface WindowBatch {
  /** float32 [count, size, size, (windowFrames−1)·channels], oldest frame first; absent where a window is one frame */
  readonly frames?: Float32Array<ArrayBuffer>;
  /** float32 [count, size, size, channels]: the frame that gets the score */
  readonly target: Float32Array<ArrayBuffer>;
}

export interface WindowShape {
  readonly size: number;
  readonly channels: Channels;
  readonly windowFrames: number;
}

export function emptyBatch(count: number, { size, channels, windowFrames }: WindowShape): WindowBatch {
  const pixels = count * size * size * channels;
  const target = new Float32Array(pixels);
  return windowFrames === 1 ? { target } : { frames: new Float32Array(pixels * (windowFrames - 1)), target };
}

/** What a step declares to be fed a `WindowBatch`. */
export function windowSpecs(
  count: number,
  { size, channels, windowFrames }: WindowShape,
): Readonly<Record<string, TensorSpec>> {
  const spec = (frames: number): TensorSpec => ({
    shape: [count, size, size, frames * channels],
    dtype: "float32",
  });
  return windowFrames === 1 ? { target: spec(1) } : { frames: spec(windowFrames - 1), target: spec(1) };
}

/** What a network looks at: the frames before the target, or where there are none the target itself. */
export function inputOf(batch: TensorMap): ops.Tensor4D {
  return (batch.frames ?? batch.target) as ops.Tensor4D;
}

/**
 * Lays one window out in a batch, turning [frame, pixel, channel] into [pixel, frame, channel].
 *
 * @param pixels uint8, windowFrames consecutive frames of `pixelChannels` channels; grey pixels fill three channels
 *   where the batch has three
 */
export function placeWindow(
  batch: WindowBatch,
  index: number,
  pixels: Uint8Array,
  pixelChannels: Channels,
  { size, channels, windowFrames }: WindowShape,
): void {
  const area = size * size;
  const inputs = windowFrames - 1;
  const place = (to: Float32Array, offset: number, stride: number, frame: number) => {
    const from = frame * area * pixelChannels;
    for (let pixel = 0; pixel < area; pixel++) {
      for (let channel = 0; channel < channels; channel++) {
        const source = from + pixel * pixelChannels + (pixelChannels === 1 ? 0 : channel);
        to[offset + pixel * stride + channel] = pixels[source]!;
      }
    }
  };
  const stride = inputs * channels;
  for (let frame = 0; batch.frames !== undefined && frame < inputs; frame++) {
    place(batch.frames, index * area * stride + frame * channels, stride, frame);
  }
  place(batch.target, index * area * channels, channels, inputs);
}
