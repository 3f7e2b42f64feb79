// MNAD's memory: addressing, reading and the update rule. Shared by every variant of MNAD.
//
// Notation, here and in losses.ts: N query rows (batch · height · width), M items, C channels;
// Q float32 [N, C], the queries, and K float32 [M, C], the items, both of unit rows. K is never trained by gradient.
// Source: Park, Noh, Ham, CVPR 2020, §3.1, in the form of the published code.
import type { MnadHyperparameters } from "@engram/core";
import { ops } from "@engram/engine";

type Tensor2D = ops.Tensor2D;
type Tensor4D = ops.Tensor4D;

export interface Addressing {
  /** S = Q Kᵀ, cosine similarities, float32 [N, M]; no temperature */
  readonly similarity: Tensor2D;
  /** softmax of S over the M items, float32 [N, M] */
  readonly itemShares: Tensor2D;
  /** one-hot rows, float32 [N, M]: the item of the largest share; the first of equals */
  readonly nearest: Tensor2D;
  /** one-hot rows, float32 [N, M]: the item of the second largest share */
  readonly second: Tensor2D;
}

/** The features of every position as unit rows, in the order batch, height, width: q = f / max(‖f‖₂, 1e-12). */
export function toQueries(features: Tensor4D): Tensor2D {
  const channels = features.shape[3];
  return ops.l2Normalize(ops.reshape(features, [features.size / channels, channels]) as Tensor2D);
}

/** Rows back in their places: float32 [N, any] → [batch, height, width, any] of the features they came from. */
export function toMap(rows: Tensor2D, features: Tensor4D): Tensor4D {
  const [batch, height, width] = features.shape;
  return ops.reshape(rows, [batch, height, width, rows.shape[1]]);
}

/**
 * Which items each query addresses. Nothing here carries gradient: the memory's choices are constants to training.
 *
 * @param queries Q
 * @param items K, at least two
 */
export function address(queries: Tensor2D, items: Tensor2D): Addressing {
  const itemCount = items.shape[0];
  const similarity: Tensor2D = ops.matMul(ops.stopGradient(queries), items, false, true);
  const itemShares = ops.softmax(similarity, 1);
  const nearest = pick(itemShares, itemCount);
  // Shares lie in [0, 1]: two less than its share puts the nearest item behind every other.
  const second = pick(ops.sub(itemShares, ops.mul(nearest, 2)), itemCount);
  return { similarity, itemShares, nearest, second };
}

function pick(shares: Tensor2D, itemCount: number): Tensor2D {
  return ops.cast(ops.oneHot(ops.argMax(shares, 1), itemCount), "float32") as Tensor2D;
}

/**
 * What the decoder gets: out = concat[Q, itemShares · K], where gradient flows through Q alone.
 *
 * @returns float32 [N, 2C]
 */
export function read(queries: Tensor2D, items: Tensor2D, addressing: Addressing): Tensor2D {
  return ops.concat([queries, ops.matMul(addressing.itemShares, items) as Tensor2D], 1);
}

/** What the weights of an update are compared within. */
export interface UpdateForm extends Pick<MnadHyperparameters, "updateMaximum" | "updateScope"> {
  /** of the batch, each with as many queries */
  readonly frames: number;
}

/**
 * K' = unit rows of (g + K), with g_m = Σ_{k: nearest(k) = m} w_km · Q_k and
 * w_km = queryShare_km / max over the rivals of k of queryShare_·m, queryShare the softmax of S over queries.
 *
 * The softmax's denominator cancels, so w_km = exp(S_km − max S_·m). The rivals are, of the queries that the softmax
 * runs over, all (`updateMaximum` ALL_QUERIES, the published code) or those nearest to m (OWN_QUERIES, the paper's
 * equation 5); it runs over the N queries of the whole batch (`updateScope` BATCH, the code) or over those of the same
 * frame (FRAME: the paper speaks of one). An item that no query is nearest to stays as it is.
 *
 * @returns float32 [M, C]
 */
export function update(
  queries: Tensor2D,
  items: Tensor2D,
  { similarity, nearest }: Addressing,
  { updateMaximum, updateScope, frames }: UpdateForm,
): Tensor2D {
  // Cosines lie in [−1, 1]: four less puts every other query behind an item's own.
  const rivals =
    updateMaximum === "ALL_QUERIES" ? similarity : ops.sub(similarity, ops.mul(ops.sub(1, nearest), 4));
  const largest = largestOfGroups(rivals as Tensor2D, updateScope === "BATCH" ? 1 : frames);
  const weights = ops.mul(ops.exp(ops.sub(similarity, largest)), nearest);
  const gathered = ops.matMul(weights, ops.stopGradient(queries), true, false);
  return ops.l2Normalize(ops.add(gathered, items)) as Tensor2D;
}

/** The largest of each column within groups of successive rows, as each row's own: [1, M] for one group, else [N, M]. */
function largestOfGroups(values: Tensor2D, groups: number): Tensor2D {
  if (groups === 1) return ops.max(values, 0, true);
  const [rows, columns] = values.shape;
  const perGroup = rows / groups;
  const largest = ops.max(ops.reshape(values, [groups, perGroup, columns]), 1, true);
  return ops.reshape(ops.tile(largest, [1, perGroup, 1]), [rows, columns]);
}
