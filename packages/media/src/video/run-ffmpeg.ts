// One ffmpeg as a stream of bytes, within limits. Whoever stops reading, or aborts, kills it.
import { type ChildProcess, spawn } from "node:child_process";
import { AppError } from "@engram/core";
import { MAX_PIXELS } from "../images/raw-image.ts";
import { readVideoContainer } from "./container.ts";
import { findFfmpeg } from "./find-ffmpeg.ts";

export interface FfmpegRun {
  /** the video file, and what errors call it */
  readonly path: string;
  readonly name: string;
  /** output options; frames are passed through as they come from the first video stream */
  readonly output: readonly string[];
  readonly maxOutputBytes: number;
  readonly signal?: AbortSignal;
  /** longest silence before the decoder counts as hung */
  readonly stallMs?: number;
  /** called at the end with what the decoder complained of, where it went on all the same */
  onComplaint?(sentence: string): void;
}

const STALL_MS = 120_000;
const STDERR_CHARACTERS = 16_384;
const MAX_ALLOCATION_BYTES = 1 << 30;

/** @throws AppError DECODE_FAILED, LIMIT_EXCEEDED, CANCELED, UNAVAILABLE */
export async function* streamFfmpeg(run: FfmpegRun): AsyncGenerator<Buffer, void, undefined> {
  const ffmpeg = await findFfmpeg();
  const demuxer = await readVideoContainer(run.path, run.name);
  throwIfAborted(run);
  const child = spawn(
    ffmpeg.path,
    [...inputOptions(run.path, demuxer), ...ffmpeg.passthrough, ...run.output, "pipe:1"],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  const messages = collectMessages(child);
  const exit = exitOf(child);
  const kill = () => child.kill("SIGKILL");
  run.signal?.addEventListener("abort", kill, { once: true });
  let stalled = false;
  const watch = () =>
    setTimeout(() => {
      stalled = true;
      kill();
    }, run.stallMs ?? STALL_MS);
  // Runs while the decoder is waited for, not while the reader takes its time.
  let watchdog = watch();
  try {
    let bytes = 0;
    for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
      clearTimeout(watchdog);
      bytes += chunk.byteLength;
      if (bytes > run.maxOutputBytes) throw tooLarge(run);
      yield chunk;
      watchdog = watch();
    }
    const code = await exit;
    throwIfAborted(run);
    const complaint = firstMessage(messages(), run);
    if (stalled) throw failed(run, "the decoder made no progress and was stopped");
    if (code !== 0) throw failed(run, complaint ?? `the decoder ended with ${code}`);
    if (complaint !== null) run.onComplaint?.(complaint);
  } finally {
    clearTimeout(watchdog);
    run.signal?.removeEventListener("abort", kill);
    kill();
    await exit;
  }
}

function inputOptions(path: string, demuxer: string): string[] {
  return [
    ...["-nostdin", "-hide_banner", "-nostats", "-v", "error"],
    ...["-max_alloc", String(MAX_ALLOCATION_BYTES)],
    ...["-protocol_whitelist", "file", "-f", demuxer, "-max_pixels", String(MAX_PIXELS), "-threads", "2"],
    ...["-i", `file:${path}`],
    // Capital V: pictures attached as covers do not count.
    ...["-map", "0:V:0", "-map_metadata", "-1"],
  ];
}

function exitOf(child: ChildProcess): Promise<number | string> {
  return new Promise((resolve) => {
    child.once("error", (err) => resolve(err.message));
    child.once("close", (code, signal) => resolve(code ?? signal ?? "no exit code"));
  });
}

function collectMessages(child: ChildProcess): () => string {
  let text = "";
  child.stderr?.setEncoding("utf8");
  child.stderr?.on("data", (part: string) => {
    if (text.length < STDERR_CHARACTERS) text += part.slice(0, STDERR_CHARACTERS - text.length);
  });
  return () => text;
}

/** The first line, without the server's path and the decoder's addresses in memory. */
function firstMessage(messages: string, run: FfmpegRun): string | null {
  const line = messages
    .replaceAll(`file:${run.path}`, run.name)
    .replaceAll(run.path, run.name)
    .split("\n")
    .map((part) => part.replace(/^\[[^\]]*\]\s*/, "").trim())
    .find((part) => part !== "");
  return line?.replace(/\.$/, "") ?? null;
}

function throwIfAborted(run: FfmpegRun): void {
  if (run.signal?.aborted === true) {
    throw new AppError("CANCELED", "The work was canceled.", { cause: run.signal.reason });
  }
}

function failed(run: FfmpegRun, reason: string): AppError {
  return new AppError("DECODE_FAILED", `${run.name} cannot be decoded: ${reason}.`);
}

function tooLarge(run: FfmpegRun): AppError {
  return new AppError(
    "LIMIT_EXCEEDED",
    `${run.name} gives more than ${run.maxOutputBytes} bytes when decoded: cut it into shorter clips.`,
  );
}
