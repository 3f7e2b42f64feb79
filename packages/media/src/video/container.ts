// Containers that are read, told by their first bytes. The demuxer is then forced: ffmpeg's own guess would also take
// play lists and scripts that make it open other files.
import { open } from "node:fs/promises";
import { AppError } from "@engram/core";

const VIDEO_EXTENSION = /\.(mp4|m4v|mov|avi|mkv|webm)$/i;
const QUICKTIME_ATOMS = new Set(["ftyp", "moov", "mdat", "wide", "free", "skip", "pnot"]);
const SNIFFED_BYTES = 12;

export type VideoContainer = "mov" | "avi" | "matroska";

export function hasVideoExtension(name: string): boolean {
  return VIDEO_EXTENSION.test(name);
}

export function videoContainer(bytes: Uint8Array): VideoContainer | null {
  const ascii = Buffer.from(bytes.subarray(0, SNIFFED_BYTES)).toString("latin1");
  if (ascii.startsWith("RIFF") && ascii.slice(8, 12) === "AVI ") return "avi";
  if (ascii.startsWith("\x1a\x45\xdf\xa3")) return "matroska";
  return QUICKTIME_ATOMS.has(ascii.slice(4, 8)) ? "mov" : null;
}

/** @throws AppError DECODE_FAILED naming the file when it is no mp4, mov, avi or mkv */
export async function readVideoContainer(path: string, name: string): Promise<VideoContainer> {
  const file = await open(path, "r");
  try {
    const { bytesRead, buffer } = await file.read(new Uint8Array(SNIFFED_BYTES), 0, SNIFFED_BYTES, 0);
    const container = videoContainer(buffer.subarray(0, bytesRead));
    if (container !== null) return container;
  } finally {
    await file.close();
  }
  throw new AppError("DECODE_FAILED", `${name} cannot be decoded: it is no mp4, mov, avi or mkv video.`);
}
