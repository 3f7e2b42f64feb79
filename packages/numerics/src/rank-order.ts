// The order of scores from the largest down, in linear time: every curve of thresholds begins with it.

const DIGIT_VALUES = 1 << 11;
/** Where the three digits of a 32-bit word begin. */
const SHIFTS = [0, 11, 22] as const;
const SIGN = 0x80000000;

/** Scores as keys of two words, which as a number grow where the score falls, and where each was. */
interface Keys {
  readonly low: Uint32Array;
  readonly high: Uint32Array;
  readonly position: Uint32Array;
}

/**
 * Positions of the scores, largest score first; equal scores keep their order, and −0 equals 0.
 *
 * A radix sort on six digits of the float64 bit patterns, made monotone (IEEE 754: the pattern of a positive number
 * grows with it; that of a negative one falls). Keys move with their positions, so that memory is read in order.
 * Linear in the number of scores. Memory: 24 bytes a score, of which 4 are the result: 240 MB at 10 million.
 *
 * @param scores finite numbers; fewer than 2³²
 * @returns uint32, a permutation of 0 … n − 1; empty for no scores
 */
export function rankDescending(scores: ArrayLike<number>): Uint32Array {
  let keys = descendingKeys(scores);
  let spare = emptyKeys(scores.length);
  const starts = new Uint32Array(DIGIT_VALUES);
  for (const word of ["low", "high"] as const) {
    for (const shift of SHIFTS) {
      if (!countStarts(keys[word], shift, starts)) continue;
      moveByDigit(keys, spare, keys[word], shift, starts);
      [keys, spare] = [spare, keys];
    }
  }
  return keys.position;
}

function emptyKeys(length: number): Keys {
  return {
    low: new Uint32Array(length),
    high: new Uint32Array(length),
    position: new Uint32Array(length),
  };
}

function descendingKeys(scores: ArrayLike<number>): Keys {
  const { low, high, position } = emptyKeys(scores.length);
  const cell = new DataView(new ArrayBuffer(8));
  for (let i = 0; i < scores.length; i++) {
    // Adding 0 turns −0 into 0.
    cell.setFloat64(0, scores[i]! + 0);
    const word = cell.getUint32(0);
    const isPositive = word < SIGN;
    high[i] = isPositive ? ~(word ^ SIGN) : word;
    low[i] = isPositive ? ~cell.getUint32(4) : cell.getUint32(4);
    position[i] = i;
  }
  return { low, high, position };
}

/** starts[v] = how many words have a smaller digit than v; false where all digits are equal. */
function countStarts(words: Uint32Array, shift: number, starts: Uint32Array): boolean {
  starts.fill(0);
  for (let i = 0; i < words.length; i++) starts[(words[i]! >>> shift) & (DIGIT_VALUES - 1)]!++;
  let sum = 0;
  let isMixed = false;
  for (let value = 0; value < DIGIT_VALUES; value++) {
    const count = starts[value]!;
    if (count > 0 && count < words.length) isMixed = true;
    starts[value] = sum;
    sum += count;
  }
  return isMixed;
}

function moveByDigit(from: Keys, to: Keys, words: Uint32Array, shift: number, starts: Uint32Array): void {
  const { low, high, position } = from;
  for (let i = 0; i < words.length; i++) {
    const target = starts[(words[i]! >>> shift) & (DIGIT_VALUES - 1)]!++;
    to.low[target] = low[i]!;
    to.high[target] = high[i]!;
    to.position[target] = position[i]!;
  }
}
