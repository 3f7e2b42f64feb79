// Pictures of a video's frames for viewing: the film itself cannot be cut at any frame by a browser.
import { AppError } from "@engram/core";
import { streamFfmpeg } from "./run-ffmpeg.ts";

const PROXY_MAX_WIDTH = 960;
/** ffmpeg's scale from 2, nearly lossless, to 31 */
const PROXY_QUALITY = 3;
const MAX_PROXY_BYTES = 0xffff_ffff;

/** Every frame as a JPEG, at most 960 pixels wide. @throws AppError DECODE_FAILED naming the file, CANCELED */
export async function* videoProxies(
  path: string,
  options: { readonly name: string; readonly signal?: AbortSignal },
): AsyncGenerator<Uint8Array, void, undefined> {
  const stream = streamFfmpeg({
    ...options,
    path,
    output: [
      ...["-vf", `scale=min(${PROXY_MAX_WIDTH}\\,iw):-2`, "-pix_fmt", "yuvj420p"],
      ...["-c:v", "mjpeg", "-q:v", String(PROXY_QUALITY), "-f", "image2pipe"],
    ],
    maxOutputBytes: MAX_PROXY_BYTES,
  });
  yield* splitJpegs(stream, options.name);
}

/**
 * Cuts a stream of baseline JPEGs, one after the other, into pictures: marker segments are skipped by their length
 * up to the scan, in which FF D9 can only be the end of the picture.
 *
 * @throws AppError DECODE_FAILED when the stream is no such run of JPEGs
 */
export async function* splitJpegs(
  chunks: AsyncIterable<Uint8Array>,
  name: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  let pending = Buffer.alloc(0);
  /** how far the scan of the pending picture has been searched */
  let searched = 0;
  for await (const chunk of chunks) {
    pending = pending.byteLength === 0 ? Buffer.from(chunk) : Buffer.concat([pending, chunk]);
    for (;;) {
      const scan = scanStart(pending, name);
      const end = scan === null ? -1 : pending.indexOf("\xff\xd9", Math.max(scan, searched), "latin1");
      if (end === -1) break;
      yield new Uint8Array(pending.subarray(0, end + 2));
      pending = pending.subarray(end + 2);
      searched = 0;
    }
    searched = Math.max(0, pending.byteLength - 1);
  }
  if (pending.byteLength > 0) throw broken(name);
}

/** Where the entropy-coded data begins; null while the header is not all there. */
function scanStart(bytes: Buffer, name: string): number | null {
  if (bytes.byteLength < 2) return null;
  if (bytes.readUInt16BE(0) !== 0xffd8) throw broken(name);
  let at = 2;
  while (at + 4 <= bytes.byteLength) {
    if (bytes[at] !== 0xff) throw broken(name);
    const marker = bytes[at + 1];
    at += 2 + bytes.readUInt16BE(at + 2);
    if (marker === 0xda) return at;
  }
  return null;
}

function broken(name: string): AppError {
  return new AppError("DECODE_FAILED", `${name} cannot be decoded: the decoder's pictures are cut short.`);
}
