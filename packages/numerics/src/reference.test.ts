// Agreement with the reference: golden vectors of the published code, and real scores whose AUROC is known. The files
// are not part of the repository: ENGRAM_SHARED names their folder, else it is ../shared; where absent, tests skip.
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { auroc } from "./auroc.ts";
import { mixNormality, normalizeMinMax, psnrFromMse } from "./clip-normality.ts";
import { evaluateFrames } from "./frame-figures.ts";
import { mulberry32, uniformArray } from "./random.ts";
import { gaussianKernel, smoothGaussian } from "./smoothing.ts";

/** The files that these tests read. */
interface Golden {
  prng_mulberry32_seed1_first5: number[];
  mnad_scores: {
    mse01: number;
    psnr: number;
    psnr_list: number[];
    norm: number[];
    inv: number[];
    sum06: number[];
  };
  mpn_filter: { kernel: number[]; sum: number; ramp20: number[] };
}
interface Ped2Reference {
  epochs: { auc: number; psnr: number; psnr_raw: number; feat: number }[];
  clips: { clip: string; psnr: number[]; featureDistance: number[] }[];
}

const folder = process.env.ENGRAM_SHARED ?? resolve(import.meta.dirname, "../../../../shared");

function readReference(name: string): Buffer | null {
  const file = resolve(folder, "reference", name);
  if (existsSync(file)) return readFileSync(file);
  console.warn(`Skipping the comparison with ${file}: there is no such file.`);
  return null;
}

/** A one-dimensional little-endian float32 `.npy` file (format 1.0). */
function parseFloat32Npy(bytes: Buffer): Float32Array {
  const headerLength = bytes.readUInt16LE(8);
  const header = bytes.toString("latin1", 10, 10 + headerLength);
  if (!header.includes("'<f4'")) throw new Error(`Not a float32 array: ${header}`);
  return new Float32Array(
    bytes.buffer.slice(bytes.byteOffset + 10 + headerLength, bytes.byteOffset + bytes.length),
  );
}

/** Length, first and last abnormal frame of the test clips of UCSD Ped2: from 0, inclusive. */
const PED2_TEST_CLIPS = [
  [180, 60, 179],
  [180, 94, 179],
  [150, 0, 145],
  [180, 30, 179],
  [150, 0, 128],
  [180, 0, 158],
  [180, 45, 179],
  [180, 0, 179],
  [120, 0, 119],
  [150, 0, 149],
  [180, 0, 179],
  [180, 87, 179],
] as const;

/** Labels of each clip without the frames that its scores lack at the ends. */
function ped2Labels(lost: { first: number; last: number }): Uint8Array[] {
  return PED2_TEST_CLIPS.map(([length, first, last]) =>
    new Uint8Array(length).fill(1, first, last + 1).subarray(lost.first, length - lost.last),
  );
}

const flat = (clips: readonly ArrayLike<number>[]) => clips.flatMap((clip) => Array.from(clip));
const close = (values: readonly number[]) => values.map((x) => expect.closeTo(x, 12));

const goldenFile = readReference("golden.json");

describe.skipIf(goldenFile === null)("golden vectors", () => {
  const golden = () => JSON.parse(goldenFile!.toString("utf8")) as Golden;

  it("mulberry32 gives the same sequence", () => {
    const random = mulberry32(1);
    const expected = golden().prng_mulberry32_seed1_first5;
    expect(expected.map(() => random())).toEqual(expected);
  });

  it("MNAD's PSNR of the same frames", () => {
    const { mse01, psnr } = golden().mnad_scores;
    const output = uniformArray(48, mulberry32(21), -1, 1);
    const target = uniformArray(48, mulberry32(22), -1, 1);
    const mse = output.reduce((sum, x, i) => sum + ((x - target[i]!) / 2) ** 2, 0) / 48;
    expect(mse).toBeCloseTo(mse01, 6);
    expect(psnrFromMse(mse01)).toBeCloseTo(psnr, 5);
  });

  it("MNAD's per-clip normalization and its mix at lambda 0.6", () => {
    const { psnr_list: psnr, norm, inv, sum06 } = golden().mnad_scores;
    expect(Array.from(normalizeMinMax(psnr))).toEqual(close(norm));
    const distance = inv.map((x) => 3 - 2 * x);
    expect(Array.from(mixNormality(psnr, distance, 0.6))).toEqual(close(sum06));
  });

  it("MPN's filter: kernel, sum, valid part, repeated ends", () => {
    const { kernel, sum, ramp20 } = golden().mpn_filter;
    expect(Array.from(gaussianKernel(15, 2))).toEqual(close(kernel));
    expect(gaussianKernel(15, 2).reduce((total, x) => total + x)).toBeCloseTo(sum, 12);
    const ramp = Array.from({ length: 20 }, (_, i) => i / 19);
    expect(Array.from(smoothGaussian(ramp))).toEqual(close(ramp20));
  });
});

const errorFile = readReference("memae_ped2_errors.npy");

describe.skipIf(errorFile === null)("reconstruction errors of a MemAE on Ped2", () => {
  it("have the known AUROC with and without per-clip normalization", () => {
    const errors = parseFloat32Npy(errorFile!);
    const labels = ped2Labels({ first: 8, last: 7 });
    let start = 0;
    const starts: number[] = [];
    const normalized = labels.map(({ length }) => {
      starts.push(start);
      start += length;
      return normalizeMinMax(errors.subarray(start - length, start));
    });
    expect(start).toBe(errors.length);
    expect(auroc(flat(normalized), flat(labels)).value).toBeCloseTo(0.9340596330275229, 12);
    expect(auroc(errors, flat(labels)).value).toBeCloseTo(0.6958077533282748, 12);
    const figures = (clips: readonly ArrayLike<number>[]) =>
      evaluateFrames(
        clips.map((scores, clip) => ({ scores, labels: labels[clip]! })),
        { replicates: 1000, level: 0.95, seed: 1 },
      );
    const { micro, oneClassClips } = figures(normalized);
    expect(micro.auroc.value).toBeCloseTo(0.9340596330275229, 12);
    expect(micro.auroc.interval.low).toBeLessThan(0.9340596330275229);
    expect(micro.auroc.interval.high).toBeGreaterThan(0.9340596330275229);
    expect(oneClassClips).toBe(labels.filter((clip) => new Set(clip).size === 1).length);
    const raw = figures(labels.map((clip, i) => errors.subarray(starts[i]!, starts[i]! + clip.length)));
    expect(raw.micro.auroc.value).toBeCloseTo(0.6958077533282748, 12);
  });
});

const ped2File = readReference("ped2-reference.json");

describe.skipIf(ped2File === null)("scores of the authors' MNAD on Ped2", () => {
  it("have the AUROC that was measured with them, mixed and lane by lane", () => {
    const { epochs, clips: scored } = JSON.parse(ped2File!.toString("utf8")) as Ped2Reference;
    const labels = flat(ped2Labels({ first: 4, last: 0 }));
    const aurocOf = (lanes: readonly ArrayLike<number>[], sign: 1 | -1) =>
      auroc(
        flat(lanes).map((x) => sign * x),
        labels,
      ).value;
    const measured = epochs.at(-1)!;
    const mixed = scored.map(({ psnr, featureDistance }) => mixNormality(psnr, featureDistance, 0.6));
    expect(aurocOf(mixed, -1)).toBeCloseTo(measured.auc, 4);
    expect(
      aurocOf(
        scored.map(({ psnr }) => normalizeMinMax(psnr)),
        -1,
      ),
    ).toBeCloseTo(measured.psnr, 4);
    expect(
      aurocOf(
        scored.map(({ featureDistance }) => normalizeMinMax(featureDistance)),
        1,
      ),
    ).toBeCloseTo(measured.feat, 4);
    expect(
      aurocOf(
        scored.map(({ psnr }) => psnr),
        -1,
      ),
    ).toBeCloseTo(measured.psnr_raw, 4);
  });
});
