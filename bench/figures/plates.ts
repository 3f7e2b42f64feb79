// Plates of brushed metal with four holes, drawn from a seed: normal pictures for the figures of docs/detectors, and one
// that is scratched.
import type { FrameSource } from "@engram/detectors";
import { mulberry32, type Random } from "@engram/numerics";

/** Pictures of `size` × `size` grey pixels. */
export function plates(size: number, count: number, seed: number): FrameSource {
  const frames = Array.from({ length: count }, (_, index) => drawPlate(size, mulberry32(seed + index)));
  return sourceOf("plates", frames);
}

/** One more plate, with a bright scratch across it and a dark pit. */
export function scratchedPlate(size: number, seed: number): FrameSource {
  const pixels = drawPlate(size, mulberry32(seed));
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const [u, v] = [(x + 0.5) / size, (y + 0.5) / size];
      const fromScratch = Math.abs(v - 0.36 - 0.5 * (u - 0.38)) / Math.hypot(1, 0.5);
      if (u > 0.34 && u < 0.7 && fromScratch < 0.013) pixels[y * size + x] = 235;
      if (Math.hypot(u - 0.34, v - 0.7) < 0.035) pixels[y * size + x] = 40;
    }
  }
  return sourceOf("scratched plate", [pixels]);
}

function sourceOf(name: string, frames: readonly Uint8Array[]): FrameSource {
  return {
    name,
    frameCount: frames.length,
    channels: 1,
    async read(start, count) {
      return new Uint8Array(Buffer.concat(frames.slice(start, start + count)));
    },
  };
}

/** Light, place and grain differ from plate to plate. */
function drawPlate(size: number, next: Random): Uint8Array {
  const light = 130 + 25 * next();
  const [left, top] = [0.1 + 0.03 * next(), 0.1 + 0.03 * next()];
  const grain = Array.from({ length: size }, () => 22 * (next() - 0.5));
  const pixels = new Uint8Array(size * size);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const [u, v] = [(x + 0.5) / size - left, (y + 0.5) / size - top];
      const isPlate = u > 0 && v > 0 && u < 0.77 && v < 0.77;
      const isHole = [0.12, 0.65].some((a) => [0.12, 0.65].some((b) => Math.hypot(u - a, v - b) < 0.055));
      const metal = light + 40 * (u - v) + grain[y]! + 8 * (next() - 0.5);
      pixels[y * size + x] = isPlate && !isHole ? metal : 30 + 6 * next();
    }
  }
  return pixels;
}
