// Binary masks as run lengths: row-major, runs of 0s and 1s in turn, the first a run of 0s (empty where pixel 0 is set).

/**
 * Run lengths of a mask.
 *
 * @param mask uint8 [pixels], row-major; anything but 0 counts as 1
 * @returns uint32, summing to the number of pixels; only the first run may be 0; empty for an empty mask
 */
export function encodeRunLength(mask: Uint8Array): Uint32Array {
  const runs: number[] = [];
  let isSet = false;
  let start = 0;
  for (let i = 0; i < mask.length; i++) {
    if ((mask[i] !== 0) !== isSet) {
      runs.push(i - start);
      start = i;
      isSet = !isSet;
    }
  }
  if (mask.length > 0) runs.push(mask.length - start);
  return Uint32Array.from(runs);
}

/**
 * The mask of run lengths.
 *
 * @param runs as `encodeRunLength` gives them; runs of 0 are allowed anywhere
 * @param pixelCount width · height
 * @returns uint8 [pixelCount] of 0 and 1
 * @throws RangeError where the runs do not sum to pixelCount
 */
export function decodeRunLength(runs: ArrayLike<number>, pixelCount: number): Uint8Array {
  let sum = 0;
  for (let i = 0; i < runs.length; i++) sum += runs[i]!;
  if (sum !== pixelCount) throw new RangeError(`The runs cover ${sum} pixels, the mask has ${pixelCount}.`);
  const mask = new Uint8Array(pixelCount);
  for (let i = 0, start = 0; i < runs.length; i++) {
    const end = start + runs[i]!;
    if (i % 2 === 1) mask.fill(1, start, end);
    start = end;
  }
  return mask;
}

/** Set pixels of a run-length mask: the sum of every second run. */
export function runLengthArea(runs: ArrayLike<number>): number {
  let area = 0;
  for (let i = 1; i < runs.length; i += 2) area += runs[i]!;
  return area;
}
