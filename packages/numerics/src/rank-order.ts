// The order of scores from the largest down, in linear time: every curve of thresholds begins with it.

const DIGITS_A_KEY = 4;
const DIGIT_VALUES = 1 << 16;
const SIGN = 0x80000000;

/**
 * Positions of the scores, largest score first; equal scores keep their order, and −0 equals 0.
 *
 * A radix sort on the four 16-bit digits of the float64 bit patterns, made monotone (IEEE 754: the pattern of a
 * positive number grows with it; that of a negative one falls). Linear in the number of scores. Memory: 16 bytes a
 * score, of which 4 are the result, so 160 MB at 10 million scores.
 *
 * @param scores finite numbers; fewer than 2³²
 * @returns uint32, a permutation of 0 … n − 1; empty for no scores
 */
export function rankDescending(scores: ArrayLike<number>): Uint32Array {
  const keys = descendingKeys(scores);
  let order = new Uint32Array(scores.length);
  for (let i = 0; i < order.length; i++) order[i] = i;
  let spare = new Uint32Array(scores.length);
  const starts = new Uint32Array(DIGIT_VALUES);
  for (let digit = 0; digit < DIGITS_A_KEY; digit++) {
    countStarts(keys, digit, starts);
    for (const position of order) {
      const value = keys[DIGITS_A_KEY * position + digit]!;
      spare[starts[value]!++] = position;
    }
    [order, spare] = [spare, order];
  }
  return order;
}

/** Four digits a score, the least significant first; as a number the key grows where the score falls. */
function descendingKeys(scores: ArrayLike<number>): Uint16Array {
  const keys = new Uint16Array(DIGITS_A_KEY * scores.length);
  const cell = new DataView(new ArrayBuffer(8));
  for (let i = 0; i < scores.length; i++) {
    // Adding 0 turns −0 into 0.
    cell.setFloat64(0, scores[i]! + 0);
    let high = cell.getUint32(0);
    let low = cell.getUint32(4);
    if (high < SIGN) {
      high = ~(high ^ SIGN);
      low = ~low;
    }
    keys[DIGITS_A_KEY * i] = low;
    keys[DIGITS_A_KEY * i + 1] = low >>> 16;
    keys[DIGITS_A_KEY * i + 2] = high;
    keys[DIGITS_A_KEY * i + 3] = high >>> 16;
  }
  return keys;
}

/** starts[v] = how many keys have a smaller value than v in this digit. */
function countStarts(keys: Uint16Array, digit: number, starts: Uint32Array): void {
  starts.fill(0);
  for (let i = digit; i < keys.length; i += DIGITS_A_KEY) starts[keys[i]!]!++;
  let sum = 0;
  for (let value = 0; value < DIGIT_VALUES; value++) {
    const count = starts[value]!;
    starts[value] = sum;
    sum += count;
  }
}
