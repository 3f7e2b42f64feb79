// Forms that a region's error can have, from the error map: absolute or squared errors, in squares of several sides.

export interface RegionForm {
  readonly name: string;
  /** of the absolute error of a pixel, before the mean */
  readonly power: 1 | 2;
  /** of the frame's side */
  readonly share: number;
}

/** A side of a twelfth, as REGION_ERROR has, but of squared errors. */
export const SQUARED_TWELFTH = `2/${1 / 12}`;

const SHARES = [1 / 20, 1 / 16, 1 / 12, 1 / 10, 1 / 8, 1 / 6];

export const REGION_FORMS: readonly RegionForm[] = ([1, 2] as const).flatMap((power) =>
  SHARES.map((share) => ({ name: `${power}/${share}`, power, share })),
);

/**
 * Each form of one frame: the largest mean over squares inside the picture, one pixel apart.
 *
 * @param errorMap float32 [size · size], absolute errors, mean over colours: of colours that err differently the squares
 *   are too small
 */
export function measureForms(errorMap: Float32Array, size: number): Record<string, number> {
  const entries = ([1, 2] as const).flatMap((power) => {
    const sums = summedArea(power === 1 ? errorMap : errorMap.map((error) => error * error), size);
    return REGION_FORMS.filter((form) => form.power === power).map(({ name, share }) => [
      name,
      worstSquare(sums, size, Math.max(1, Math.round(share * size))),
    ]);
  });
  return Object.fromEntries(entries);
}

/** [y · (size + 1) + x]: the sum of all pixels above and left of (y, x). */
function summedArea(values: Float32Array, size: number): Float64Array {
  const stride = size + 1;
  const sums = new Float64Array(stride * stride);
  for (let y = 0; y < size; y++) {
    let row = 0;
    for (let x = 0; x < size; x++) {
      row += values[y * size + x]!;
      sums[(y + 1) * stride + x + 1] = sums[y * stride + x + 1]! + row;
    }
  }
  return sums;
}

function worstSquare(sums: Float64Array, size: number, side: number): number {
  const stride = size + 1;
  let worst = 0;
  for (let y = 0; y + side <= size; y++) {
    for (let x = 0; x + side <= size; x++) {
      const [top, bottom] = [y * stride + x, (y + side) * stride + x];
      worst = Math.max(worst, sums[bottom + side]! - sums[bottom]! - sums[top + side]! + sums[top]!);
    }
  }
  return worst / side ** 2;
}
