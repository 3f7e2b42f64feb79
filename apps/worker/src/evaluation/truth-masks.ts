// Which pixels of a frame are abnormal, as the ground truth has it.
import type { Clip, FrameLabels } from "@engram/db";
import { decodeArchiveIndex, decodeFrame, readArchivedFrame, withChannels } from "@engram/media";
import { pictureSizes } from "../frames/picture-sizes.ts";
import type { JobContext } from "../jobs/job-context.ts";

export interface TruthMask {
  /** uint8 [height · width]; anything but 0 is abnormal */
  readonly mask: Uint8Array;
  readonly width: number;
  readonly height: number;
}

export type TruthMasks = (frameIndex: number) => Promise<TruthMask | null>;

/**
 * The mask of each frame. A normal frame without one is normal throughout, at the clip's own size; of an abnormal one
 * without, the ground truth does not say where it is abnormal: null.
 */
export function openTruthMasks(
  { blobs }: Pick<JobContext, "blobs">,
  clip: Clip,
  { labels, maskHash, maskIndex }: FrameLabels,
): TruthMasks {
  const sizeOf = pictureSizes(clip) ?? (() => ({ width: clip.width, height: clip.height }));
  const archive =
    maskHash === null || maskIndex === null ? null : { hash: maskHash, index: decodeArchiveIndex(maskIndex) };
  return async (frameIndex) => {
    const picture = archive && (await readArchivedFrame(blobs, archive, frameIndex));
    if (picture !== null) {
      const { data, width, height } = withChannels(
        await decodeFrame(picture, `the mask of frame ${frameIndex} of "${clip.name}"`),
        1,
      );
      return { mask: data, width, height };
    }
    if (labels[frameIndex] !== 0) return null;
    const { width, height } = sizeOf(frameIndex);
    return { mask: new Uint8Array(width * height), width, height };
  };
}
