// A clip decoded at a model's input size: uint8 [frameCount, height, width, channels] in one blob, read by position.
import { open } from "node:fs/promises";
import { AppError } from "@engram/core";
import type { BlobStore } from "@engram/storage";

export interface FramePack {
  readonly blobHash: string;
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
}

export interface FramePackReader {
  readonly frameCount: number;
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  /** Frames start … start+count−1, row-major. @throws AppError BAD_INPUT where the pack does not hold them */
  read(start: number, count: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** Opens a pack for random access; close it. @throws AppError BAD_INPUT when the blob is no whole number of frames */
export async function openFramePack(store: BlobStore, pack: FramePack): Promise<FramePackReader> {
  const { width, height, channels } = pack;
  const frameBytes = width * height * channels;
  const sizeBytes = await store.sizeBytes(pack.blobHash);
  const frameCount = sizeBytes / frameBytes;
  if (!Number.isSafeInteger(frameCount)) {
    throw new AppError(
      "BAD_INPUT",
      `Frame pack ${pack.blobHash} of ${sizeBytes} bytes does not hold whole frames of ${width}×${height}×${channels}.`,
    );
  }
  const file = await open(await store.materialize(pack.blobHash), "r");
  return {
    frameCount,
    width,
    height,
    channels,
    async read(start, count) {
      if (
        !Number.isInteger(start) ||
        !Number.isInteger(count) ||
        start < 0 ||
        count < 0 ||
        start + count > frameCount
      ) {
        throw new AppError(
          "BAD_INPUT",
          `Frames ${start} to ${start + count - 1} were asked of a pack of ${frameCount} frames.`,
        );
      }
      const bytes = new Uint8Array(count * frameBytes);
      for (let done = 0; done < bytes.length; ) {
        const { bytesRead } = await file.read(bytes, done, bytes.length - done, start * frameBytes + done);
        if (bytesRead === 0) throw new AppError("INTERNAL", `Frame pack ${pack.blobHash} became shorter.`);
        done += bytesRead;
      }
      return bytes;
    },
    close: () => file.close(),
  };
}
