// What the exact figures of 10 million samples cost, and that they are exact: with scores of few distinct values the
// area under the ROC curve is a ratio of two whole numbers, which are counted here in another way.
import { parseArgs } from "node:util";
import { auroc, createPixelEvaluator, evaluateFrames, mulberry32 } from "@engram/numerics";

const { values: options } = parseArgs({
  options: {
    samples: { type: "string", default: "10000000" },
    work: { type: "string", default: "auroc" },
    json: { type: "boolean", default: false },
  },
});
const SAMPLES = Number(options.samples);
const DISTINCT = 1000;
const ABNORMAL_SHARE = 0.1;

const WORKS: Readonly<Record<string, (scores: Float32Array, labels: Uint8Array) => number | null>> = {
  auroc: (scores, labels) => auroc(scores, labels).value,
  frames: (scores, labels) => {
    const bootstrap = { replicates: 1, level: 0.95, seed: 1 };
    return evaluateFrames([{ scores, labels }], bootstrap).micro.auroc.value;
  },
  pixels: (scores, labels) => evaluatePixels(scores, labels, SAMPLES),
  levels: (scores, labels) => evaluatePixels(scores, labels, 0),
};

function main(): void {
  const work = WORKS[options.work];
  if (work === undefined)
    throw new Error(`--work is one of ${Object.keys(WORKS).join(", ")}, not ${options.work}.`);
  const { scores, labels } = drawSamples();
  const expected = countPairs(scores, labels);
  const before = process.cpuUsage();
  const value = work(scores, labels);
  const { user, system } = process.cpuUsage(before);
  const row = {
    ...{ work: options.work, samples: SAMPLES, value, expected, isExact: value === expected },
    cpuSeconds: (user + system) / 1e6,
    // Largest resident set: 50 MB of it are the samples.
    memoryMiB: Math.round(process.resourceUsage().maxRSS / 1024),
  };
  console.log(options.json ? JSON.stringify(row) : row);
}

/** Scores of 1000 distinct values, those of abnormal samples a little larger. */
function drawSamples(): { scores: Float32Array; labels: Uint8Array } {
  const random = mulberry32(1);
  const labels = new Uint8Array(SAMPLES);
  const scores = new Float32Array(SAMPLES);
  for (let i = 0; i < SAMPLES; i++) {
    labels[i] = random() < ABNORMAL_SHARE ? 1 : 0;
    scores[i] = Math.floor(random() * (DISTINCT - 100) + 100 * labels[i]!) / DISTINCT;
  }
  return { scores, labels };
}

/** Pairs that the abnormal sample wins, ties half, counted by value in whole numbers. */
function countPairs(scores: Float32Array, labels: Uint8Array): number {
  const abnormal = new Map<number, number>();
  const normal = new Map<number, number>();
  for (let i = 0; i < SAMPLES; i++) {
    const counts = labels[i] === 1 ? abnormal : normal;
    counts.set(scores[i]!, (counts.get(scores[i]!) ?? 0) + 1);
  }
  let halfWins = 0n;
  let [positives, negatives] = [0n, 0n];
  for (const [score, count] of abnormal) {
    positives += BigInt(count);
    for (const [other, others] of normal) {
      if (other < score) halfWins += 2n * BigInt(count) * BigInt(others);
      if (other === score) halfWins += BigInt(count) * BigInt(others);
    }
  }
  for (const count of normal.values()) negatives += BigInt(count);
  return Number(halfWins) / 2 / Number(positives * negatives);
}

function evaluatePixels(scores: Float32Array, labels: Uint8Array, exactPixels: number): number | null {
  const evaluator = createPixelEvaluator({ exactPixels });
  const [width, height] = [1000, 100];
  const size = width * height;
  for (let start = 0; start + size <= scores.length; start += size) {
    const [end, group] = [start + size, start / size];
    evaluator.add(
      { scores: scores.subarray(start, end), mask: labels.subarray(start, end), width, height },
      group,
    );
  }
  return evaluator.finish().auroc.value;
}

main();
