// A look at a picture that is cheap enough for a dry run: its size, and whether its end is there.
import { BMP_HEADER_BYTES, readBmpSize } from "./bmp.ts";
import { decodeFailed, openWithSharp } from "./decode-frame.ts";
import { type ImageFormat, imageFormat } from "./image-format.ts";

export interface PictureFacts {
  readonly format: ImageFormat;
  readonly width: number;
  readonly height: number;
}

/** Cameras pad their files: the end mark may be followed by this many bytes. */
const TAIL_BYTES = 1024;
const END_MARKS: Readonly<Record<ImageFormat, string | null>> = {
  JPEG: "\xff\xd9",
  PNG: "IEND",
  TIFF: null,
  BMP: null,
};

/** @throws AppError DECODE_FAILED naming the picture */
export async function inspectPicture(bytes: Uint8Array, name: string): Promise<PictureFacts> {
  try {
    const format = imageFormat(bytes);
    if (format === null) throw new Error("it is no JPEG, PNG, TIFF or BMP");
    const mark = END_MARKS[format];
    const tail = Buffer.from(bytes.subarray(-TAIL_BYTES)).toString("latin1");
    if (mark !== null && !tail.includes(mark)) throw new Error("it is cut short");
    if (format === "BMP") return { format, ...readBmpSize(bytes.subarray(0, BMP_HEADER_BYTES)) };
    const { width, height } = await openWithSharp(bytes).metadata();
    return { format, width, height };
  } catch (err) {
    throw decodeFailed(name, err);
  }
}
