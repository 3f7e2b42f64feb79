// A clip's pictures for viewing: the encoded frames one after the other in one blob, and an index of byte ranges.
import { AppError } from "@engram/core";
import type { BlobStore } from "@engram/storage";

export type ArchiveMediaType = "image/jpeg" | "image/png";

export interface FrameArchive {
  readonly hash: string;
  /** uint32 [frameCount, 2]: offset and length in bytes; length 0 where a frame has no picture */
  readonly index: Uint32Array;
  readonly mediaType: ArchiveMediaType;
  readonly sizeBytes: number;
}

const MAX_ARCHIVE_BYTES = 0xffff_ffff;

/** Streams the pictures into one blob; null is a frame without one. @throws AppError LIMIT_EXCEEDED above 4 GiB */
export async function writeFrameArchive(
  store: BlobStore,
  mediaType: ArchiveMediaType,
  pictures: AsyncIterable<Uint8Array | null>,
): Promise<FrameArchive> {
  const index: number[] = [];
  let offset = 0;
  const bytes = async function* () {
    for await (const picture of pictures) {
      const length = picture?.byteLength ?? 0;
      if (offset + length > MAX_ARCHIVE_BYTES) {
        throw new AppError("LIMIT_EXCEEDED", "The frames of one clip take more than 4 GiB: split the clip.");
      }
      index.push(offset, length);
      offset += length;
      if (picture !== null && length > 0) yield picture;
    }
  };
  const { hash, sizeBytes } = await store.put(bytes());
  return { hash, index: Uint32Array.from(index), mediaType, sizeBytes };
}

export function archivedFrameCount(archive: Pick<FrameArchive, "index">): number {
  return archive.index.length / 2;
}

/** The encoded picture of a frame, null where it has none. @throws AppError NOT_FOUND outside the clip */
export async function readArchivedFrame(
  store: BlobStore,
  archive: Pick<FrameArchive, "hash" | "index">,
  frameIndex: number,
): Promise<Uint8Array | null> {
  const start = archive.index[2 * frameIndex];
  const length = archive.index[2 * frameIndex + 1];
  if (start === undefined || length === undefined) {
    throw new AppError(
      "NOT_FOUND",
      `There is no frame ${frameIndex}: the clip has ${archivedFrameCount(archive)} frames.`,
    );
  }
  return length === 0 ? null : store.read(archive.hash, { start, length });
}

/** The index as the database keeps it: uint32 little-endian pairs. */
export function encodeArchiveIndex(index: Uint32Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(index.length * 4);
  const view = new DataView(bytes.buffer);
  index.forEach((value, i) => {
    view.setUint32(4 * i, value, true);
  });
  return bytes;
}

/** @throws RangeError when the bytes are no whole number of pairs */
export function decodeArchiveIndex(bytes: Uint8Array): Uint32Array {
  if (bytes.byteLength % 8 !== 0) throw new RangeError(`An archive index of ${bytes.byteLength} bytes.`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Uint32Array.from({ length: bytes.byteLength / 4 }, (_, i) => view.getUint32(4 * i, true));
}
