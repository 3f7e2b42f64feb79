// The median of values that come one by one.

export class RunningMedian {
  readonly #sorted: number[] = [];

  add(value: number): void {
    let low = 0;
    let high = this.#sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#sorted[middle]! < value) low = middle + 1;
      else high = middle;
    }
    this.#sorted.splice(low, 0, value);
  }

  /** The mean of the two middle values where their number is even; null where there is none. */
  get value(): number | null {
    const { length } = this.#sorted;
    if (length === 0) return null;
    return (this.#sorted[(length - 1) >>> 1]! + this.#sorted[length >>> 1]!) / 2;
  }
}
