// The one comparison of numbers in this package's tests.
import { expect } from "vitest";

export interface Tolerance {
  readonly rtol: number;
  readonly atol: number;
}

interface AllCloseMatchers<R> {
  /** |came − expected| ≤ atol + rtol·|expected| everywhere; NaN equals NaN and infinities equal themselves */
  toBeAllClose(expected: ArrayLike<number>, tolerance: Tolerance): R;
}

declare module "vitest" {
  // biome-ignore lint/suspicious/noExplicitAny: the declaration that this one is merged with is written so
  interface Assertion<T = any> extends AllCloseMatchers<T> {}
}

expect.extend({
  toBeAllClose(received: ArrayLike<number>, expected: ArrayLike<number>, { rtol, atol }: Tolerance) {
    if (received.length !== expected.length) {
      return { pass: false, message: () => `expected ${expected.length} numbers, came ${received.length}` };
    }
    // An infinite bound would let anything pass for an infinity.
    const isClose = (a: number, b: number) =>
      Object.is(a, b) || a === b || (Number.isFinite(b) && Math.abs(a - b) <= atol + rtol * Math.abs(b));
    const wrong = Array.from(expected).flatMap((value, index) =>
      isClose(received[index]!, value) ? [] : [index],
    );
    const first = wrong[0];
    return {
      pass: first === undefined,
      message: () =>
        first === undefined
          ? "expected the numbers to differ"
          : `${wrong.length} of ${expected.length} numbers differ; at ${first} expected ${expected[first]}, came ${received[first]}`,
    };
  },
});
