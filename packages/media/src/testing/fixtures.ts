// What the tests of this package share: a folder that goes away, real data where it is, small pictures and videos.
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import sharp from "sharp";
import { onTestFinished } from "vitest";
import { findFfmpeg } from "../video/find-ffmpeg.ts";

export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "engram-media-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A path in the shared data folder, or null with the reason printed. */
export function sharedData(path: string): string | null {
  const root = process.env.ENGRAM_SHARED ?? join(import.meta.dirname, "../../../../../shared");
  const found = join(root, "data", path);
  if (existsSync(found)) return found;
  console.info(`Skipped: ${path} is not in the shared data folder (ENGRAM_SHARED, else ../shared).`);
  return null;
}

/** A grey ramp that differs from seed to seed. */
export function ramp(width: number, height: number, seed: number): Uint8Array {
  return Uint8Array.from({ length: width * height }, (_, i) => (i * 3 + seed * 17) % 256);
}

export function greyPicture(width: number, height: number, seed: number) {
  const raw = { width, height, channels: 1 as const };
  return sharp(ramp(width, height, seed), { raw }).toColourspace("b-w");
}

export async function writeFiles(
  root: string,
  files: Readonly<Record<string, Uint8Array | string>>,
): Promise<void> {
  for (const [path, bytes] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), bytes);
  }
}

/** `count` small JPEGs named 0.jpg, 1.jpg … in a folder. */
export async function jpegFrames(folder: string, count: number): Promise<Record<string, Uint8Array>> {
  const files: Record<string, Uint8Array> = {};
  for (let i = 0; i < count; i++) {
    files[`${folder}/${i}.jpg`] = await greyPicture(24, 16, i).jpeg({ quality: 90 }).toBuffer();
  }
  return files;
}

/** Makes a video of ffmpeg's test picture, 64×48, with the output options given. */
export async function makeVideo(path: string, frames: number, output: readonly string[]): Promise<void> {
  const { path: ffmpeg, passthrough } = await findFfmpeg();
  const source = ["-f", "lavfi", "-i", "testsrc=size=64x48:rate=10", "-frames:v", String(frames)];
  await mkdir(dirname(path), { recursive: true });
  await promisify(execFile)(ffmpeg, ["-v", "error", "-nostdin", ...source, ...passthrough, ...output, path]);
}
