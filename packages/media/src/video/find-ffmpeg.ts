// Videos are decoded by a program of their own, never in this process: FFMPEG_PATH, else the system's ffmpeg, else
// the one that comes with npm.
import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { access, chmod } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { AppError } from "@engram/core";

export interface Ffmpeg {
  readonly path: string;
  /** "7.1.1" or whatever the build calls itself */
  readonly version: string;
  /** output options that keep every decoded frame exactly once, with the time base of the file */
  readonly passthrough: readonly string[];
}

let found: Promise<Ffmpeg> | undefined;

/** The ffmpeg of this process, looked for once. @throws AppError UNAVAILABLE */
export function findFfmpeg(): Promise<Ffmpeg> {
  found ??= locateFfmpeg(process.env.FFMPEG_PATH, process.env.PATH ?? "").catch((err: unknown) => {
    found = undefined;
    throw err;
  });
  return found;
}

export async function locateFfmpeg(configured: string | undefined, searchPath: string): Promise<Ffmpeg> {
  if (configured !== undefined && configured !== "") return inspect(configured);
  for (const folder of searchPath.split(delimiter).filter((entry) => entry !== "")) {
    const path = join(folder, process.platform === "win32" ? "ffmpeg.exe" : "ffmpeg");
    if (await isExecutable(path)) return inspect(path);
  }
  return inspect(await installedFfmpeg());
}

async function installedFfmpeg(): Promise<string> {
  let path: string;
  try {
    path = (await import("@ffmpeg-installer/ffmpeg")).path;
  } catch (cause) {
    throw new AppError(
      "UNAVAILABLE",
      "There is no ffmpeg to decode videos with: install it, or name it in FFMPEG_PATH.",
      { cause },
    );
  }
  // Its install script, which sets the execute bit, is skipped by npm 12 and by cautious people.
  if (!(await isExecutable(path))) {
    try {
      await chmod(path, 0o755);
    } catch (cause) {
      throw new AppError(
        "UNAVAILABLE",
        "The ffmpeg that came with npm may not be executed: run chmod +x node_modules/@ffmpeg-installer/*/ffmpeg.",
        { cause },
      );
    }
  }
  return path;
}

async function inspect(path: string): Promise<Ffmpeg> {
  try {
    const { stdout } = await promisify(execFile)(path, ["-version"], { timeout: 20_000 });
    const version = /^ffmpeg version (\S+)/m.exec(stdout)?.[1] ?? "unknown";
    const library = Number(/^libavutil\s+(\d+)\./m.exec(stdout)?.[1] ?? Number.NaN);
    return { path, version, passthrough: passthroughOptions(library) };
  } catch (cause) {
    throw new AppError(
      "UNAVAILABLE",
      "The ffmpeg that was found does not run: name another in FFMPEG_PATH.",
      {
        cause,
      },
    );
  }
}

/** `-vsync` and the number −1 were renamed; libavutil 58 is ffmpeg 6, 59 is ffmpeg 7. */
function passthroughOptions(libavutilMajor: number): readonly string[] {
  return [
    ...(libavutilMajor >= 58 ? ["-fps_mode", "passthrough"] : ["-vsync", "0"]),
    "-enc_time_base",
    libavutilMajor >= 59 ? "demux" : "-1",
  ];
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
