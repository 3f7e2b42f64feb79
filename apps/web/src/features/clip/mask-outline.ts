// Outlines of binary masks as SVG paths along the edges of their pixels.

/** Alternating run lengths, the first of zeros, row-major, as 0s and 1s [height * width]. */
export function decodeRuns(runs: readonly number[], width: number, height: number): Uint8Array {
  const mask = new Uint8Array(width * height);
  let at = 0;
  runs.forEach((length, index) => {
    if (index % 2 === 1) mask.fill(1, at, at + length);
    at += length;
  });
  return mask;
}

/** A path in pixel coordinates, one straight piece per edge; empty for an empty mask. */
export function outlinePath(mask: Uint8Array, width: number, height: number): string {
  const isSet = (x: number, y: number) =>
    x >= 0 && y >= 0 && x < width && y < height && mask[y * width + x] !== 0;
  const horizontal = (x: number, y: number) => isSet(x, y) !== isSet(x, y - 1);
  const vertical = (x: number, y: number) => isSet(x, y) !== isSet(x - 1, y);
  let path = "";
  for (let y = 0; y <= height; y++) {
    for (const [start, end] of stretches(width, (x) => horizontal(x, y))) path += `M${start} ${y}H${end}`;
  }
  for (let x = 0; x <= width; x++) {
    for (const [start, end] of stretches(height, (y) => vertical(x, y))) path += `M${x} ${start}V${end}`;
  }
  return path;
}

function* stretches(length: number, holds: (index: number) => boolean): Generator<[number, number]> {
  let start = -1;
  for (let index = 0; index <= length; index++) {
    const isIn = index < length && holds(index);
    if (isIn && start < 0) start = index;
    if (!isIn && start >= 0) {
      yield [start, index];
      start = -1;
    }
  }
}
