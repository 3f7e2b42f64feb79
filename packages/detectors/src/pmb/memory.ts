// The partition memory bank: each cell of a level's features has a memory of its own, whose items are as large as the
// cell, so that a query keeps the context of its part of the picture.
//
// Notation: B pictures, G·G cells, L positions in a cell, C channels, R = B·C queries a cell, N items a cell.
// Known of the paper (Xing, Li, IEEE TCSVT 2023; no code was published): the features are partitioned in space, each part
// has items of its own, items are trained by gradient. Ours: that a query is one channel's whole cell, the grid, and the
// addressing, which is MemAE's (Gong et al., ICCV 2019) by cosine and with a sharpness.
import { ops } from "@engram/engine";
import { hardShrink } from "../memae/memory.ts";

type Tensor3D = ops.Tensor3D;
type Tensor4D = ops.Tensor4D;

/** Shorter queries have no direction: a cell of zeros would have gradients without bound. */
const SHORTEST_QUERY = 1e-3;

/**
 * Features as queries: the cells row by row, and in each the pictures and their channels in order.
 *
 * @param features float32 [B, H, W, C], H and W multiples of `grid`
 * @returns float32 [G·G, B·C, L]; positions of a cell row by row
 */
export function partition(features: Tensor4D, grid: number): Tensor3D {
  const [batch, height, width, channels] = features.shape;
  const [rows, columns] = [height / grid, width / grid];
  const split = ops.reshape(features, [batch, grid, rows, grid, columns, channels]);
  const cells = ops.transpose(split, [1, 3, 0, 5, 2, 4]);
  return ops.reshape(cells, [grid * grid, batch * channels, rows * columns]);
}

/** The inverse of `partition`, for features of `shape`. */
export function assemble(cells: Tensor3D, shape: Tensor4D["shape"], grid: number): Tensor4D {
  const [batch, height, width, channels] = shape;
  const [rows, columns] = [height / grid, width / grid];
  const split = ops.reshape(cells, [grid, grid, batch, channels, rows, columns]);
  return ops.reshape(ops.transpose(split, [2, 0, 4, 1, 5, 3]), [batch, height, width, channels]);
}

/**
 * How much each query is of each item of its cell.
 *
 *     shares = hardShrink(softmax over the N items of sharpness · cos(query, item), shrink)
 *
 * Cosine because a channel's strength is no sign of what it shows; but the softmax of bare cosines is nearly even over the
 * items, so that every query would read their mean: hence the sharpness.
 *
 * @param queries float32 [G·G, R, L]
 * @param items float32 [G·G, N, L]
 * @returns float32 [G·G, R, N], in [0, 1]; rows sum to 1, or are 0 where no share is above `shrink`
 */
export function address(queries: Tensor3D, items: Tensor3D, sharpness: number, shrink: number): Tensor3D {
  const cosines = ops.matMul(ops.l2Normalize(queries, SHORTEST_QUERY), ops.l2Normalize(items), false, true);
  const [cells, rows, count] = cosines.shape as [number, number, number];
  const shares = ops.softmax(ops.reshape(ops.mul(cosines, sharpness), [cells * rows, count]));
  return ops.reshape(hardShrink(shares as ops.Tensor2D, shrink), [cells, rows, count]);
}

/**
 * Each item's part in all that was read, cell by cell, float32 [items of all levels], summing to 1; all 0 where nothing
 * was. Without gradient.
 *
 * @param shares of each level, by `address`
 */
export function itemShares(shares: readonly Tensor3D[]): ops.Tensor {
  const reads = shares.map((own) => ops.reshape(ops.sum(ops.stopGradient(own), 1), [-1]));
  const read = ops.concat(reads as ops.Tensor1D[], 0);
  return ops.div(read, ops.maximum(ops.sum(read), 1e-12));
}
