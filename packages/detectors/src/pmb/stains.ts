// Stains: ellipses of one colour painted over training pictures, which the network must take away again. Plain
// reconstruction rewards a faithful copy of whatever is shown; with stains the network learns to put what is usual in
// the place of what is not. Ours, after Collin, De Vleeschouwer, "Improved anomaly detection by training an autoencoder
// with skip connections on images corrupted with stain-shaped noise", ICPR 2020.
import { ops } from "@engram/engine";
import { mulberry32, uniformArray } from "@engram/numerics";

type Tensor4D = ops.Tensor4D;

/** Radii of a stain as shares of the picture's side. */
const SMALLEST = 0.015;
const LARGEST = 0.15;
/** x, y, two radii, three colours */
const DRAWS = 7;

/**
 * Pictures with `count` stains each. Places, radii (log-uniform) and colours (uniform) follow from the number of the
 * step alone, so that a training step stays a pure function: the d-th figure of stain s of picture b in step t is the
 * fractional part of o + α·t, an additive recurrence, with o and α drawn once.
 *
 * @param frames float32 [batch, size, size, channels], in [-1, 1]
 * @param stepNumber float32 scalar, t
 */
export function stain(frames: Tensor4D, stepNumber: ops.Tensor, count: number): Tensor4D {
  if (count === 0) return frames;
  const [batch, size, , channels] = frames.shape;
  const next = mulberry32(STAIN_SEED);
  const draws = (): ops.Tensor =>
    ops.tensor(uniformArray(batch * count * DRAWS, next, 0, 1), [DRAWS, count, batch, 1, 1]);
  const sum = ops.add(draws(), ops.mul(draws(), stepNumber));
  const figures = ops.sub(sum, ops.floor(sum));
  const coordinate = ops.div(ops.add(ops.range(0, size, 1, "float32"), 0.5), size);
  const [columns, rows] = [ops.reshape(coordinate, [1, 1, size]), ops.reshape(coordinate, [1, size, 1])];
  let stained = frames;
  for (let s = 0; s < count; s++) {
    const figure = (d: number): ops.Tensor => ops.reshape(ops.slice(figures, [d, s], [1, 1]), [batch, 1, 1]);
    const radius = (d: number) =>
      ops.exp(ops.add(ops.mul(figure(d), Math.log(LARGEST / SMALLEST)), Math.log(SMALLEST)));
    const across = ops.square(ops.div(ops.sub(columns, figure(0)), radius(2)));
    const down = ops.square(ops.div(ops.sub(rows, figure(1)), radius(3)));
    const inside = ops.reshape(ops.cast(ops.less(ops.add(across, down), 1), "float32"), [
      batch,
      size,
      size,
      1,
    ]);
    const colours = [4, 5, 6].slice(0, channels).map((d) => ops.reshape(figure(d), [batch, 1, 1, 1]));
    const colour = ops.sub(ops.mul(ops.concat(colours, 3), 2), 1);
    stained = ops.add(stained, ops.mul(inside, ops.sub(colour, stained)));
  }
  return stained;
}

const STAIN_SEED = 1;
