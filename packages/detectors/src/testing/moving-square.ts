// Clips for tests: a bright square that moves over a textured ground, so that there is something to predict.
import { mulberry32 } from "@engram/numerics";
import type { Channels } from "../detector.ts";
import type { FrameSource } from "../frames.ts";

export function movingSquare(options: {
  readonly name?: string;
  readonly size: number;
  readonly frameCount: number;
  readonly channels?: Channels;
  readonly seed?: number;
}): FrameSource {
  const { name = "square", size, frameCount, channels = 1, seed = 1 } = options;
  const next = mulberry32(seed);
  const ground = Uint8Array.from({ length: size * size * channels }, () => 60 + 60 * next());
  const side = size >> 2;
  const frame = (index: number) => {
    const pixels = ground.slice();
    for (let y = 0; y < side; y++) {
      for (let x = 0; x < side; x++) {
        const pixel = (((y + seed) % size) * size + ((x + index) % size)) * channels;
        pixels.fill(230, pixel, pixel + channels);
      }
    }
    return pixels;
  };
  return {
    name,
    frameCount,
    channels,
    async read(start, count) {
      return Uint8Array.from(Array.from({ length: count }, (_, i) => [...frame(start + i)]).flat());
    },
  };
}

export function wholeClip(source: FrameSource) {
  return { source, firstFrame: 0, endFrame: source.frameCount };
}
