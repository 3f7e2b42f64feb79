// Encoded pictures to pixels. libvips decodes strictly: a picture that is cut short is an error, not a grey band.
import { availableParallelism } from "node:os";
import { AppError } from "@engram/core";
import sharp, { type Sharp } from "sharp";
import { decodeBmp } from "./bmp.ts";
import { imageFormat } from "./image-format.ts";
import { collapseNeutral, MAX_PIXELS, type RawImage } from "./raw-image.ts";

// Frames are small and decoded side by side: threads inside one picture and a cache of pictures only cost.
sharp.concurrency(1);
sharp.cache(false);

/** Pictures decoded at a time, everywhere in this package: a core each, and no more than memory has room for. */
export const DECODE_CONCURRENCY = Math.min(16, Math.max(2, availableParallelism()));

export function openWithSharp(bytes: Uint8Array): Sharp {
  return sharp(bytes, { failOn: "warning", limitInputPixels: MAX_PIXELS });
}

/**
 * Decodes a JPEG, PNG, TIFF or BMP. Grey pictures, and RGB ones whose channels are equal everywhere, have 1 channel;
 * alpha is dropped; 16-bit samples are scaled by 255/65535 and rounded.
 *
 * @param name what an error calls the picture
 * @throws AppError DECODE_FAILED
 */
export async function decodeFrame(bytes: Uint8Array, name = "the picture"): Promise<RawImage> {
  try {
    const format = imageFormat(bytes);
    if (format === null) throw new Error("it is no JPEG, PNG, TIFF or BMP");
    if (format === "BMP") return decodeBmp(bytes);
    if (format === "JPEG" || !isDeepPng(bytes)) {
      const deep = format === "TIFF" && (await openWithSharp(bytes).metadata()).depth !== "uchar";
      if (!deep) return await decodeShallow(bytes);
    }
    return await decodeDeep(bytes);
  } catch (err) {
    throw decodeFailed(name, err);
  }
}

export function decodeFailed(name: string, cause: unknown): AppError {
  const reason = cause instanceof Error ? firstLine(cause.message) : String(cause);
  return new AppError("DECODE_FAILED", `${name} cannot be decoded: ${reason}.`, { cause });
}

function firstLine(message: string): string {
  return (message.split("\n")[0] ?? "").trim().replace(/\.$/, "");
}

function isDeepPng(bytes: Uint8Array): boolean {
  return imageFormat(bytes) === "PNG" && bytes[24] === 16;
}

async function decodeShallow(bytes: Uint8Array): Promise<RawImage> {
  const { data, info } = await openWithSharp(bytes)
    .removeAlpha()
    .toColourspace("srgb")
    .raw()
    .toBuffer({ resolveWithObject: true });
  return collapseNeutral({
    width: info.width,
    height: info.height,
    channels: info.channels === 1 ? 1 : 3,
    data,
  });
}

async function decodeDeep(bytes: Uint8Array): Promise<RawImage> {
  const { space } = await openWithSharp(bytes).metadata();
  const isGrey = space === "grey16" || space === "b-w";
  const { data, info } = await openWithSharp(bytes)
    .removeAlpha()
    .toColourspace(isGrey ? "grey16" : "rgb16")
    .raw({ depth: "ushort" })
    .toBuffer({ resolveWithObject: true });
  const samples = new Uint16Array(data.buffer, data.byteOffset, data.byteLength / 2);
  const shallow = Uint8Array.from(samples, (sample) => Math.round(sample / 257));
  return collapseNeutral({
    width: info.width,
    height: info.height,
    channels: info.channels === 1 ? 1 : 3,
    data: shallow,
  });
}
