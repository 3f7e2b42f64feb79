import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterAll, describe, expect, it } from "vitest";
import { AssemblyThreads } from "./assembly-threads.ts";
import { ASSEMBLY_INLINE, type BatchAssembler } from "./batch-assembly.ts";
import { sha256 } from "./checkpoint/files.ts";
import type { FrameSource, WindowBatch } from "./frames.ts";
import { movingSquare, wholeClip } from "./testing/moving-square.ts";
import { tinyDetector } from "./testing/tiny.ts";
import { trainingClips } from "./testing/training-clips.ts";
import { TrainingWindows } from "./training-windows.ts";

const threads = [new AssemblyThreads(1), new AssemblyThreads(3)];
afterAll(() => Promise.all(threads.map((pool) => pool.close())));

const hashOf = ({ frames, target }: WindowBatch) =>
  sha256([frames!, target].map(({ buffer }) => new Uint8Array(buffer)));

async function hashes(
  assembler: BatchAssembler,
  detector = tinyDetector(),
  firstStep = 0,
): Promise<string[]> {
  const colour = wholeClip(movingSquare({ size: 16, frameCount: 8, channels: 3 }));
  const windows = new TrainingWindows([...trainingClips, colour], detector, assembler);
  const seen: string[] = [];
  for await (const batch of windows.epoch(3, 1, firstStep)) seen.push(hashOf(batch));
  return seen;
}

describe("the batches of an epoch", () => {
  const augmented = tinyDetector({ shiftPixels: 3, flipHorizontal: true, flipVertical: true });

  it("are the same bit for bit whatever the number of threads, augmented or not, and from whichever step", async () => {
    for (const detector of [tinyDetector(), augmented]) {
      const inline = await hashes(ASSEMBLY_INLINE, detector);
      expect(inline).toHaveLength(6);
      for (const pool of threads) {
        expect(await hashes(pool, detector)).toEqual(inline);
        expect(await hashes(pool, detector, 4)).toEqual(inline.slice(4));
      }
    }
    expect(await hashes(ASSEMBLY_INLINE, augmented)).not.toEqual(await hashes(ASSEMBLY_INLINE));
  });

  it("are augmented anew in each epoch", async () => {
    const lone = [{ source: movingSquare({ size: 16, frameCount: 6 }), firstFrame: 0, endFrame: 6 }];
    const windows = new TrainingWindows(lone, augmented);
    const ofEpoch = async (epoch: number) => hashOf((await windows.epoch(3, epoch, 0).next()).value!);
    expect(await ofEpoch(0)).not.toBe(await ofEpoch(1));
  });

  it("tell whoever waits when a thread fails", async () => {
    const pool = new AssemblyThreads(1);
    const broken = { pixels: new Uint8Array(4), windows: [{}], shape: null } as never;
    await expect(pool.assemble(broken)).rejects.toThrow();
    await expect(pool.assemble(broken)).rejects.toThrow();
    await pool.close();
  });

  it("are refused once the threads are closed, rather than laid out by new ones", async () => {
    const pool = new AssemblyThreads(1);
    const windows = new TrainingWindows(trainingClips, augmented, pool);
    const batches = windows.epoch(3, 0, 0);
    await batches.next();
    await pool.close();
    await expect(
      pool.assemble({ pixels: new Uint8Array(4), windows: [], shape: null } as never),
    ).rejects.toThrow(/the training is over/);
  });
});

describe("the memory of reading", () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;

  /** Frames made when they are read. */
  function endless(frameCount: number): FrameSource {
    return {
      ...{ name: "endless", frameCount, channels: 1 },
      read: async (start, count) => new Uint8Array(count * 64 * 64).fill(start),
    };
  }

  /** Most bytes in use, looked at every hundred steps of 1500. */
  async function peakOf(frameCount: number, assembler: BatchAssembler): Promise<number> {
    const detector = tinyDetector({ size: 64, batchSize: 4 });
    const windows = new TrainingWindows([wholeClip(endless(frameCount))], detector, assembler);
    let [step, peak] = [0, 0];
    for await (const _ of windows.epoch(1, 0, 0)) {
      if (++step % 100 === 0) {
        collect();
        const { heapUsed, arrayBuffers } = process.memoryUsage();
        peak = Math.max(peak, heapUsed + arrayBuffers);
      }
      if (step === 1500) break;
    }
    return peak;
  }

  it("is that of a few batches and four bytes a window, however long the clips are and the training lasts", async () => {
    const short = await peakOf(7000, ASSEMBLY_INLINE);
    for (const assembler of [ASSEMBLY_INLINE, threads[0]!]) {
      // Batches of 490 MB in all, of clips of 8 GB.
      expect((await peakOf(2_000_000, assembler)) - short).toBeLessThan(96e6);
    }
  }, 120_000);
});
