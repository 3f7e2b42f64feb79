// Pixel ground truth, kept as PNG with the values 0 and 255. A frame is abnormal where its mask has a pixel.
import type { BlobStore } from "@engram/storage";
import { type FrameArchive, writeFrameArchive } from "../archives/frame-archive.ts";
import { throwIfCanceled } from "../canceled.ts";
import { DECODE_CONCURRENCY, decodeFrame } from "../images/decode-frame.ts";
import { encodeRawPng } from "../images/encode-png.ts";
import { imageFormat } from "../images/image-format.ts";
import { withChannels } from "../images/raw-image.ts";
import { readWhole } from "../layouts/files.ts";
import { mapOrdered } from "../ordered-map.ts";
import { pictureName } from "./plan-clip.ts";

/** @throws AppError DECODE_FAILED naming the mask, CANCELED */
export async function ingestMasks(
  store: BlobStore,
  root: string,
  masks: readonly (string | null)[],
  signal: AbortSignal | undefined,
): Promise<{ archive: FrameArchive; labels: Uint8Array }> {
  const labels = new Uint8Array(masks.length);
  const pictures = mapOrdered(masks, DECODE_CONCURRENCY, async (file, frameIndex) => {
    throwIfCanceled(signal);
    if (file === null) return null;
    const bytes = await readWhole(root, file, "DECODE_FAILED");
    const image = withChannels(await decodeFrame(bytes, pictureName(file)), 1);
    labels[frameIndex] = image.data.some((value) => value > 0) ? 1 : 0;
    const isBinary = image.data.every((value) => value === 0 || value === 255);
    if (isBinary && imageFormat(bytes) === "PNG") return bytes;
    return encodeRawPng({ ...image, data: image.data.map((value) => (value > 0 ? 255 : 0)) });
  });
  return { archive: await writeFrameArchive(store, "image/png", pictures), labels };
}
