// Seeded random numbers: whatever is drawn in a training run or a synthetic scene comes out the same everywhere.

/** Draws the next number, uniform in [0, 1). */
export type Random = () => number;

const STEP = 0x6d2b79f5;
const TWO_TO_THE_32 = 4294967296;

/**
 * The mulberry32 generator: uniform draws in [0, 1) with 32 bits each, period 2³².
 *
 *     state += 0x6D2B79F5;  t = imul(state ^ state>>>15, state|1);  t ^= t + imul(t ^ t>>>7, t|61)
 *     next = ((t ^ t>>>14) >>> 0) / 2³²
 *
 * Source: Tommy Ettinger's mulberry32 (public domain); seed 1 begins 0.6270739405881613, 0.002735721180215478.
 *
 * @param seed any integer; its lowest 32 bits count
 * @throws RangeError where the seed is not an integer
 */
export function mulberry32(seed: number): Random {
  if (!Number.isInteger(seed)) throw new RangeError(`A seed must be an integer, not ${seed}.`);
  let state = seed | 0;
  return () => {
    state = (state + STEP) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / TWO_TO_THE_32;
  };
}

/**
 * Shuffles in place (Fisher–Yates, from the last element down; one draw an element) and returns the same array.
 *
 *     for i = n−1 … 1:  j = ⌊random() · (i+1)⌋;  swap(indices[i], indices[j])
 *
 * Every permutation that the generator's state can reach is equally likely. Empty and single arrays draw nothing.
 */
export function shuffle<A extends { length: number; [index: number]: number }>(
  indices: A,
  random: Random,
): A {
  for (let i = indices.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    const held = indices[i]!;
    indices[i] = indices[j]!;
    indices[j] = held;
  }
  return indices;
}

/** One uniform draw: low + (high − low) · random(), in [low, high) for low < high. */
export function drawUniform(random: Random, low: number, high: number): number {
  return low + (high - low) * random();
}

/**
 * One draw of N(mean, deviation²) by Box and Muller's transform, two uniform draws each (the sine half is not
 * kept, so that the generator's state alone determines what comes next).
 *
 *     mean + deviation · √(−2 ln(1 − u₁)) · cos(2π u₂)
 *
 * Finite always: u₁ < 1 keeps the logarithm's argument above 0; with 32-bit draws |draw − mean| ≤ 6.7 deviations.
 */
export function drawNormal(random: Random, mean = 0, deviation = 1): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random()));
  return mean + deviation * radius * Math.cos(2 * Math.PI * random());
}

/** `count` uniform draws in [low, high), rounded to float32. */
export function uniformArray(count: number, random: Random, low = 0, high = 1): Float32Array {
  const draws = new Float32Array(count);
  for (let i = 0; i < count; i++) draws[i] = low + (high - low) * random();
  return draws;
}

/** `count` draws of N(mean, deviation²), rounded to float32. */
export function normalArray(count: number, random: Random, mean = 0, deviation = 1): Float32Array {
  const draws = new Float32Array(count);
  for (let i = 0; i < count; i++) draws[i] = drawNormal(random, mean, deviation);
  return draws;
}
