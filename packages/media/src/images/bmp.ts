// BMP, which libvips does not read: bitmaps of 1, 4, 8, 16, 24 and 32 bits per pixel.
import { decode } from "bmp-ts";
import { collapseNeutral, MAX_PIXELS, type RawImage } from "./raw-image.ts";

/** Bytes of the file header and the part of the information header that holds the size. */
export const BMP_HEADER_BYTES = 26;

/** @throws Error where the header is cut short or says an impossible size */
export function readBmpSize(bytes: Uint8Array): { width: number; height: number } {
  if (bytes.byteLength < BMP_HEADER_BYTES) throw new Error("the bitmap's header is cut short");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const width = view.getInt32(18, true);
  // A negative height marks rows stored from the top down.
  const height = Math.abs(view.getInt32(22, true));
  if (width <= 0 || height === 0 || width * height > MAX_PIXELS) {
    throw new Error(`the bitmap's size ${width}×${height} is impossible`);
  }
  return { width, height };
}

/** RGB, or grey where the three channels are equal. @throws Error on a damaged or unknown bitmap */
export function decodeBmp(bytes: Uint8Array): RawImage {
  const { width, height } = readBmpSize(bytes);
  const bitmap = decode(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  const data = new Uint8Array(width * height * 3);
  // Pixels come as alpha, blue, green, red.
  for (let i = 0, j = 0; j < data.length; i += 4, j += 3) {
    data[j] = bitmap.data[i + 3]!;
    data[j + 1] = bitmap.data[i + 2]!;
    data[j + 2] = bitmap.data[i + 1]!;
  }
  return collapseNeutral({ width, height, channels: 3, data });
}
