// Frames of a clip as a camera would deliver them: the actors over the background, in changing light, with noise.
import { mulberry32, normalArray } from "@engram/numerics";
import type { RawImage } from "../images/raw-image.ts";
import type { Actor } from "./actors.ts";
import { Canvas } from "./canvas.ts";

export interface RenderedFrame {
  readonly image: RawImage;
  /** uint8 [height, width], 0 or 255: the visible part of what is out of the ordinary */
  readonly mask: RawImage;
  /** pixels set in the mask */
  readonly markedPixels: number;
}

export interface Stage {
  readonly width: number;
  readonly height: number;
  /** float32 [height, width, 3] */
  readonly background: Float32Array;
  readonly cast: readonly Actor[];
  readonly seed: number;
}

/** Deviation of the sensor's noise, of 255. */
const NOISE_DEVIATION = 2.2;
const NOISE_TABLE = normalArray(1 << 16, mulberry32(0x0153), 0, NOISE_DEVIATION);
/** Share by which the light swings, and the frames one swing takes. */
const LIGHT_SWING = 0.07;
const LIGHT_PERIOD = 170;

/** A pure function of stage and frame: frames may be rendered in any order. */
export function renderFrame(stage: Stage, frame: number): RenderedFrame {
  const { width, height } = stage;
  const canvas = new Canvas(width, height, stage.background);
  const present = stage.cast.flatMap((actor) => actor(frame) ?? []).sort((a, b) => b.z - a.z);
  for (const appearance of present) {
    canvas.isMarking = appearance.isAnomalous;
    appearance.draw(canvas);
  }
  const data = expose(canvas.rgb, stage.seed, frame, width);
  return {
    image: { width, height, channels: 3, data },
    mask: { width, height, channels: 1, data: canvas.mask },
    markedPixels: canvas.mask.reduce((sum, value) => sum + (value === 0 ? 0 : 1), 0),
  };
}

function expose(rgb: Float32Array, seed: number, frame: number, width: number): Uint8Array {
  const random = mulberry32(Math.imul(seed, 0x9e3779b1) ^ frame);
  const swing = Math.sin((2 * Math.PI * frame) / LIGHT_PERIOD + (seed % 1000));
  // Clouds take the warm part of the light first.
  const gain = [1 + LIGHT_SWING * swing, 1 + 0.92 * LIGHT_SWING * swing, 1 + 0.75 * LIGHT_SWING * swing];
  const data = new Uint8Array(rgb.length);
  const rowLength = 3 * width;
  for (let row = 0; row < rgb.length; row += rowLength) {
    let noiseAt = Math.floor(random() * NOISE_TABLE.length);
    for (let i = row; i < row + rowLength; i += 3) {
      const noise = NOISE_TABLE[noiseAt++ & 0xffff]!;
      for (let c = 0; c < 3; c++) {
        const value = rgb[i + c]! * gain[c]! + noise + 0.5;
        data[i + c] = value < 0 ? 0 : value > 255 ? 255 : value;
      }
    }
  }
  return data;
}
