import { AppError } from "@engram/core";
import type { RawImage } from "../images/raw-image.ts";
import { streamFfmpeg } from "./run-ffmpeg.ts";

/** More than a day of film: only a runaway decoder gets here. */
const MAX_RAW_BYTES = 2 ** 46;

/**
 * Every frame of a video in order as RGB of the size that `probeVideo` gave (a stream that changes its size midway is
 * stretched to it), one at a time. Read the generator to its end, or return it, and the decoder goes away.
 *
 * @throws AppError DECODE_FAILED naming the file, CANCELED
 */
export async function* decodeVideo(
  path: string,
  options: {
    readonly name: string;
    readonly width: number;
    readonly height: number;
    readonly signal?: AbortSignal;
  },
): AsyncGenerator<RawImage, void, undefined> {
  const { width, height } = options;
  const frameBytes = width * height * 3;
  const stream = streamFfmpeg({
    ...options,
    path,
    output: ["-vf", `scale=${width}:${height}`, "-pix_fmt", "rgb24", "-f", "rawvideo"],
    maxOutputBytes: MAX_RAW_BYTES,
  });
  let frame = new Uint8Array(frameBytes);
  let filled = 0;
  for await (const chunk of stream) {
    for (let taken = 0; taken < chunk.byteLength; ) {
      const part = chunk.subarray(taken, taken + frameBytes - filled);
      frame.set(part, filled);
      taken += part.byteLength;
      filled += part.byteLength;
      if (filled === frameBytes) {
        yield { width, height, channels: 3, data: frame };
        frame = new Uint8Array(frameBytes);
        filled = 0;
      }
    }
  }
  if (filled > 0) {
    throw new AppError("DECODE_FAILED", `${options.name} cannot be decoded: its last frame is cut short.`);
  }
}
