// Pictures that are held out of a folder of them. Their order means nothing, and neighbours are often alike (one batch
// of the product, one morning's light): a last tenth would be a part of the folder and not a sample of it.
import type { ClipRange, FrameSource } from "@engram/detectors";
import { MIN_CALIBRATION_FRAMES, mulberry32 } from "@engram/numerics";

/** The same for every training, so that models of different seeds are calibrated on the same pictures. */
const SEED = 1;

/**
 * One picture drawn from each of as many equal stretches as are held out: `share` of all, but at least as many as
 * abnormality needs.
 *
 * @returns null where fewer would be left to train on than are held out
 */
export function holdOutPictures(
  source: FrameSource,
  share: number,
): { readonly training: ClipRange; readonly heldOut: ClipRange } | null {
  const { frameCount } = source;
  const held = Math.max(MIN_CALIBRATION_FRAMES, Math.ceil(frameCount * share));
  if (frameCount < 2 * held) return null;
  const random = mulberry32(SEED);
  const drawn = Array.from({ length: held }, (_, stretch) =>
    Math.floor(((stretch + random()) * frameCount) / held),
  );
  const isDrawn = new Set(drawn);
  const others = Array.from({ length: frameCount }, (_, i) => i).filter((i) => !isDrawn.has(i));
  return { training: wholeOf(selectFrames(source, others)), heldOut: wholeOf(selectFrames(source, drawn)) };
}

function wholeOf(source: FrameSource): ClipRange {
  return { source, firstFrame: 0, endFrame: source.frameCount };
}

/** The frames of a source at the given indices, in their order. */
function selectFrames(source: FrameSource, indices: readonly number[]): FrameSource {
  return {
    ...{ name: source.name, channels: source.channels, frameCount: indices.length },
    async read(start, count) {
      const frames = await Promise.all(indices.slice(start, start + count).map((i) => source.read(i, 1)));
      const bytes = new Uint8Array(frames.reduce((sum, { length }) => sum + length, 0));
      let offset = 0;
      for (const frame of frames) {
        bytes.set(frame, offset);
        offset += frame.length;
      }
      return bytes;
    },
  };
}
