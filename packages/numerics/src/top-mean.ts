// The mean of the largest values of a map: steadier than the maximum, which is one pixel.

/**
 * Mean of the `count` largest values.
 *
 * @param values finite, in any order
 * @param count integer ≥ 1; all values where there are fewer
 * @returns within the extremes of values, at least their mean
 * @throws RangeError where there is no value, one of them is NaN, or count is not a positive integer
 */
export function topMean(values: Float32Array, count: number): number {
  if (values.length === 0) throw new RangeError("No value, no mean.");
  if (!(Number.isInteger(count) && count >= 1)) {
    throw new RangeError(`A number of values must be a positive integer, not ${count}.`);
  }
  // A heap of the largest so far, the smallest of them at its root: most values are met by one comparison.
  const heap = new Float32Array(Math.min(count, values.length)).fill(-Infinity);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value > heap[0]!) replaceRoot(heap, value);
    else if (Number.isNaN(value)) throw new RangeError(`Value ${i} is NaN.`);
  }
  return heap.reduce((sum, value) => sum + value, 0) / heap.length;
}

function replaceRoot(heap: Float32Array, value: number): void {
  let parent = 0;
  for (;;) {
    let child = 2 * parent + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && heap[child + 1]! < heap[child]!) child++;
    if (heap[child]! >= value) break;
    heap[parent] = heap[child]!;
    parent = child;
  }
  heap[parent] = value;
}
