// Changes to training windows that leave what is normal normal: small shifts, and mirror images where the subject has
// no up, or no left. A window's change is drawn from the seed, the epoch and the window alone, so that it is the same
// wherever the training was interrupted and whichever thread makes it.
import type { Hyperparameters } from "@engram/core";
import { mulberry32 } from "@engram/numerics";

export type AugmentationSettings = Pick<Hyperparameters, "shiftPixels" | "flipHorizontal" | "flipVertical">;

export interface Augmentation {
  /** the picture moves so many pixels to the right and down */
  readonly shiftX: number;
  readonly shiftY: number;
  readonly isMirrored: boolean;
  readonly isUpsideDown: boolean;
}

/**
 * What becomes of one window in one epoch: shifts uniform over the whole numbers from −shiftPixels to shiftPixels,
 * flips with probability ½ where they are allowed. All four are drawn from
 * mulberry32(hash(hash(seed) + epoch) + window), whatever is switched on.
 *
 * @param window index among all training windows
 * @returns null where nothing is switched on
 */
export function drawAugmentation(
  { shiftPixels, flipHorizontal, flipVertical }: AugmentationSettings,
  seed: number,
  epoch: number,
  window: number,
): Augmentation | null {
  if (shiftPixels === 0 && !flipHorizontal && !flipVertical) return null;
  const random = mulberry32(hash(hash(seed) + epoch) + window);
  const shift = () => Math.floor(random() * (2 * shiftPixels + 1)) - shiftPixels;
  const [shiftX, shiftY] = [shift(), shift()];
  const [mirror, turn] = [random() < 0.5, random() < 0.5];
  return { shiftX, shiftY, isMirrored: flipHorizontal && mirror, isUpsideDown: flipVertical && turn };
}

/** MurmurHash3's finalizer: neighbouring numbers come out unlike each other. */
function hash(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/**
 * Every frame of a window changed alike: shifted, then flipped. What a shift uncovers is the mirror image of what is
 * beside it, the edge itself not repeated (OpenCV's BORDER_REFLECT_101).
 *
 * @param pixels uint8 [frames, size, size, channels]
 * @returns a new array of the same shape
 */
export function augment(
  pixels: Uint8Array,
  size: number,
  channels: number,
  { shiftX, shiftY, isMirrored, isUpsideDown }: Augmentation,
): Uint8Array {
  const columns = sources(size, shiftX, isMirrored);
  const rows = sources(size, shiftY, isUpsideDown);
  const augmented = new Uint8Array(pixels.length);
  const frameLength = size * size * channels;
  let to = 0;
  for (let frame = 0; frame < pixels.length; frame += frameLength) {
    for (let y = 0; y < size; y++) {
      const row = frame + rows[y]! * size * channels;
      for (let x = 0; x < size; x++) {
        const from = row + columns[x]! * channels;
        for (let channel = 0; channel < channels; channel++) augmented[to++] = pixels[from + channel]!;
      }
    }
  }
  return augmented;
}

/** Where each row or column comes from. */
function sources(size: number, shift: number, isFlipped: boolean): Int32Array {
  const period = Math.max(1, 2 * (size - 1));
  return Int32Array.from({ length: size }, (_, at) => {
    const shifted = (isFlipped ? size - 1 - at : at) - shift;
    const within = ((shifted % period) + period) % period;
    return within < size ? within : period - within;
  });
}
