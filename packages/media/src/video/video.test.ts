import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { decodeFrame } from "../images/decode-frame.ts";
import { makeVideo, sharedData, temporaryFolder } from "../testing/fixtures.ts";
import { decodeVideo } from "./decode-video.ts";
import { locateFfmpeg } from "./find-ffmpeg.ts";
import { describeRate, probeVideo } from "./probe-video.ts";
import { streamFfmpeg } from "./run-ffmpeg.ts";
import { splitJpegs, videoProxies } from "./video-proxies.ts";

async function count(items: AsyncIterable<unknown>): Promise<number> {
  let number = 0;
  for await (const _ of items) number++;
  return number;
}

const FORMATS: Record<string, readonly string[]> = {
  "a.mp4": ["-c:v", "libx264", "-pix_fmt", "yuv420p"],
  "a.mov": ["-c:v", "mpeg4"],
  "a.avi": ["-c:v", "mjpeg"],
  "a.mkv": ["-c:v", "libx264", "-bf", "3"],
};

describe("videos", () => {
  it.each(Object.entries(FORMATS))(
    "decodes every frame of %s once, with its own times",
    async (file, output) => {
      const path = join(await temporaryFolder(), file);
      await makeVideo(path, 23, output);
      const probe = await probeVideo(path, { name: file });
      expect(probe).toMatchObject({
        width: 64,
        height: 48,
        frameCount: 23,
        isVariableFrameRate: false,
        complaint: null,
      });
      expect(probe.frameRate).toBeCloseTo(10, 3);
      expect(probe.ptsMs[22]! - probe.ptsMs[0]!).toBeCloseTo(2200, 0);
      let frames = 0;
      for await (const frame of decodeVideo(path, { name: file, width: 64, height: 48 })) {
        expect(frame.data.length).toBe(64 * 48 * 3);
        frames++;
      }
      expect(frames).toBe(23);
      let proxies = 0;
      for await (const jpeg of videoProxies(path, { name: file })) {
        expect(await decodeFrame(jpeg)).toMatchObject({ width: 64, height: 48 });
        proxies++;
      }
      expect(proxies).toBe(23);
    },
  );

  it("keeps the times of a variable frame rate instead of counting frames", async () => {
    const path = join(await temporaryFolder(), "v.mkv");
    // Frames 0…9 at 10 per second, later ones three times as far apart.
    const stretch = "setpts=if(lt(N\\,10)\\,N\\,10+3*(N-10))";
    await makeVideo(path, 16, ["-vf", stretch, "-c:v", "mjpeg"]);
    const probe = await probeVideo(path, { name: "v.mkv" });
    expect(probe.isVariableFrameRate).toBe(true);
    expect([...probe.ptsMs].map(Math.round)).toEqual([
      ...[0, 100, 200, 300, 400, 500, 600, 700, 800, 900],
      ...[1000, 1300, 1600, 1900, 2200, 2500],
    ]);
  });

  it("calls a rate even when only the container's clock is coarse", () => {
    const rounded = Float64Array.from({ length: 100 }, (_, i) => Math.round((1000 * i) / 30));
    expect(describeRate(rounded, 1)).toMatchObject({ isVariableFrameRate: false });
    expect(describeRate(rounded, 1).frameRate).toBeCloseTo(30, 2);
    expect(describeRate(Float64Array.of(5), 1)).toEqual({ frameRate: null, isVariableFrameRate: false });
  });

  it("names the video that cannot be decoded, and no path of the server", async () => {
    const folder = await temporaryFolder();
    const path = join(folder, "x.mp4");
    await makeVideo(path, 5, ["-c:v", "libx264"]);
    await writeFile(path, (await readFile(path)).subarray(0, 900));
    const failure = await probeVideo(path, { name: "x.mp4" }).catch((err: unknown) => err);
    expect(failure).toMatchObject({
      code: "DECODE_FAILED",
      message: expect.stringMatching(/^x\.mp4 cannot be decoded: /),
    });
    expect(String(failure)).not.toContain(folder);
    await writeFile(path, "#EXTM3U\nfile:///etc/passwd\n");
    await expect(probeVideo(path, { name: "x.mp4" })).rejects.toThrow("it is no mp4, mov, avi or mkv video");
  });

  it("stops the decoder when canceled, over its limit, or when nobody reads on", async () => {
    const path = join(await temporaryFolder(), "a.avi");
    await makeVideo(path, 300, ["-c:v", "mjpeg"]);
    const abort = new AbortController();
    const canceled = (async () => {
      for await (const _ of decodeVideo(path, { name: "a", width: 64, height: 48, signal: abort.signal }))
        abort.abort();
    })();
    await expect(canceled).rejects.toMatchObject({ code: "CANCELED" });
    const run = { path, name: "a", output: ["-pix_fmt", "rgb24", "-f", "rawvideo"], maxOutputBytes: 100_000 };
    await expect(count(streamFfmpeg(run))).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" });
    for await (const frame of decodeVideo(path, { name: "a", width: 64, height: 48 })) {
      expect(frame.width).toBe(64);
      break;
    }
  });

  it("stops a decoder that hangs", async () => {
    const folder = await temporaryFolder();
    const path = join(folder, "a.avi");
    await makeVideo(path, 3, ["-c:v", "mjpeg"]);
    // Frames are made to lie minutes apart, and the filter waits for their time to come.
    const output = ["-vf", "setpts=N*100/TB,realtime=limit=1000", "-pix_fmt", "rgb24", "-f", "rawvideo"];
    await expect(
      count(streamFfmpeg({ path, name: "a.avi", output, maxOutputBytes: 1e9, stallMs: 500 })),
    ).rejects.toThrow("a.avi cannot be decoded: the decoder made no progress and was stopped.");
  });

  it("cuts a stream of JPEGs at their ends, however it is chunked", async () => {
    const path = join(await temporaryFolder(), "a.avi");
    await makeVideo(path, 4, ["-c:v", "mjpeg"]);
    const pictures: Uint8Array[] = [];
    for await (const jpeg of videoProxies(path, { name: "a" })) pictures.push(jpeg);
    const stream = Buffer.concat(pictures);
    for (const size of [1, 7, 1000, stream.length]) {
      const chunks = (async function* () {
        for (let at = 0; at < stream.length; at += size) yield stream.subarray(at, at + size);
      })();
      const cut: Uint8Array[] = [];
      for await (const jpeg of splitJpegs(chunks, "a")) cut.push(jpeg);
      expect(cut).toEqual(pictures);
    }
    const short = (async function* () {
      yield stream.subarray(0, -1);
    })();
    await expect(count(splitJpegs(short, "a"))).rejects.toMatchObject({ code: "DECODE_FAILED" });
  });

  const REAL = [
    ["car-detection.mp4", { width: 768, height: 432, frameCount: 377, isVariableFrameRate: false }],
    ["video03.avi", { width: 320, height: 240, frameCount: 1699 }],
  ] as const;
  for (const [file, facts] of REAL) {
    const path = sharedData(`videos/${file}`);
    it.skipIf(path === null)(
      `counts the frames of ${file} by decoding, and takes its times from the file`,
      async () => {
        const probe = await probeVideo(path!, { name: file });
        expect(probe).toMatchObject(facts);
        expect(probe.ptsMs.every((ptsMs, i) => i === 0 || ptsMs > probe.ptsMs[i - 1]!)).toBe(true);
        expect(await count(decodeVideo(path!, { name: file, ...facts }))).toBe(facts.frameCount);
        if (file === "video03.avi") {
          // Counting frames at the nominal 60 per second would be 16 ms off at the end.
          expect(probe.ptsMs[1698]).toBeCloseTo(28_366.55, 1);
          expect(probe.ptsMs[0]).toBeCloseTo(50, 1);
        }
      },
    );
  }
});

describe("the decoder", () => {
  it("is the one configured, else the one on the path, else the one from npm", async () => {
    const folder = await temporaryFolder();
    const script =
      "#!/bin/sh\necho 'ffmpeg version 7.1 Copyright'\necho 'libavutil      59. 39.100 / 59. 39.100'\n";
    const path = join(folder, "ffmpeg");
    await writeFile(path, script);
    await chmod(path, 0o755);
    const modern = {
      path,
      version: "7.1",
      passthrough: ["-fps_mode", "passthrough", "-enc_time_base", "demux"],
    };
    expect(await locateFfmpeg(path, "")).toEqual(modern);
    expect(await locateFfmpeg(undefined, `/nowhere:${folder}`)).toEqual(modern);
    expect((await locateFfmpeg(undefined, "")).path).toContain("ffmpeg-installer");
    await chmod(path, 0o644);
    await expect(locateFfmpeg(path, "")).rejects.toMatchObject({ code: "UNAVAILABLE" });
  });
});
