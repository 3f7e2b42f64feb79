import sharp from "sharp";
import { openWithSharp } from "./decode-frame.ts";
import { imageFormat } from "./image-format.ts";
import type { RawImage } from "./raw-image.ts";

/** Fast rather than small: frames are written once, and noise does not compress. */
const COMPRESSION_LEVEL = 4;

export function encodeRawPng(image: RawImage): Promise<Buffer> {
  const { width, height, channels } = image;
  return sharp(image.data, { raw: { width, height, channels } })
    .toColourspace(channels === 1 ? "b-w" : "srgb")
    .png({ compressionLevel: COMPRESSION_LEVEL })
    .toBuffer();
}

/** A PNG with the very samples of a picture, 16 bits deep where they are; `image` is what it decoded to. */
export async function encodePng(bytes: Uint8Array, image: RawImage): Promise<Buffer> {
  if (imageFormat(bytes) !== "TIFF") return encodeRawPng(image);
  const { depth, channels } = await openWithSharp(bytes).metadata();
  if (depth === "uchar") return encodeRawPng(image);
  return openWithSharp(bytes)
    .toColourspace(channels < 3 ? "grey16" : "rgb16")
    .png({ compressionLevel: COMPRESSION_LEVEL })
    .toBuffer();
}
