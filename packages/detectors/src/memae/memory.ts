// MemAE's memory: every query is replaced by a mix of few items. Items are parameters, trained by gradient.
//
// Notation: N query rows (batch · positions), M items, C channels; shares float32 [N, M].
// Source: Gong et al., "Memorizing Normality to Detect Anomaly", ICCV 2019, §3.3, in the form of the published code.
import { ops } from "@engram/engine";

type Tensor2D = ops.Tensor2D;

export interface Addressing {
  /** DOT: as in the published code. COSINE: as in the paper's equation 5, without a temperature */
  readonly addressing: "DOT" | "COSINE";
  /** λ of the hard shrinkage */
  readonly shrink: number;
}

/** Keeps 0 · log 0, and the division of a row without shares, finite. */
const EPSILON = 1e-12;

/**
 * How much of each item a query reads: hardShrink(softmax over the M items of query · item, λ), or of their cosine.
 *
 * @param queries, items float32 [N, C], [M, C]
 * @returns rows that sum to 1, or are 0 where no share came above λ
 */
export function address(queries: Tensor2D, items: Tensor2D, { addressing, shrink }: Addressing): Tensor2D {
  const [q, k] = addressing === "DOT" ? [queries, items] : [ops.l2Normalize(queries), ops.l2Normalize(items)];
  return hardShrink(ops.softmax(ops.matMul(q, k, false, true) as Tensor2D, 1), shrink);
}

/**
 * Hard shrinkage: shares that are not above λ become 0, the others are scaled to sum to 1 again.
 *
 *     s ← s where s > λ, else 0;   s ← s / max(Σ s, 1e-12) along the row
 *
 * The published code writes the first as relu(s − λ) · s / (|s − λ| + 1e-12), which is the same but where s is within
 * 1e-12 of λ, and whose gradient loses itself in rounding near there. A row of which no share is above λ is 0 and sends
 * no gradient: its query reads nothing and learns nothing.
 *
 * @param shares float32 [N, M], at least 0
 */
export function hardShrink(shares: Tensor2D, lambda: number): Tensor2D {
  const kept = ops.mul(shares, ops.cast(ops.greater(shares, lambda), "float32"));
  return ops.div(kept, ops.maximum(ops.sum(kept, 1, true), EPSILON));
}

/**
 * Entropy of the shares, mean over the N queries of Σ −s·log(s + 1e-12): 0 where each reads one item or none, at most
 * log M. As a loss it makes queries read few items.
 */
export function entropy(shares: Tensor2D): ops.Scalar {
  const each = ops.mul(shares, ops.log(ops.add(shares, EPSILON)));
  return ops.div(ops.sum(each), -shares.shape[0]);
}

/** Each item's part in all that was read, float32 [M], summing to 1; all 0 where nothing was. Without gradient. */
export function itemShares(shares: Tensor2D): ops.Tensor {
  const read = ops.sum(ops.stopGradient(shares), 0);
  return ops.div(read, ops.maximum(ops.sum(read), EPSILON));
}
