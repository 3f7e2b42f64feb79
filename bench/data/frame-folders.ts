// Clips that are folders of pictures, held in memory.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { FrameSource } from "@engram/detectors";
import { createResizer, decodeFrame, withChannels } from "@engram/media";

/** Folders of pictures as clips, decoded and resized once: training reads every frame many times. */
export async function readClips(folder: string, size: number): Promise<FrameSource[]> {
  const clips: FrameSource[] = [];
  for (const name of (await readdir(folder)).sort())
    clips.push(await readClip(join(folder, name), name, size));
  return clips;
}

async function readClip(folder: string, name: string, size: number): Promise<FrameSource> {
  const files = (await readdir(folder)).sort();
  const first = await decodeFrame(await readFile(join(folder, files[0]!)));
  const { channels } = first;
  const frameBytes = size * size * channels;
  const pixels = new Uint8Array(files.length * frameBytes);
  const resize = createResizer(first, { width: size, height: size }, channels);
  for (const [index, file] of files.entries()) {
    const image = withChannels(await decodeFrame(await readFile(join(folder, file))), channels);
    resize(image.data, pixels.subarray(index * frameBytes, (index + 1) * frameBytes));
  }
  const read = async (start: number, count: number) =>
    pixels.slice(start * frameBytes, (start + count) * frameBytes);
  return { name, frameCount: files.length, channels, read };
}
