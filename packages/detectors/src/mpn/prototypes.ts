// The dynamic prototype unit of MPN: a few prototypes of what a frame's features are, made anew of each frame.
//
// Notation, here and in losses.ts: B frames, N positions of each, d channels, P prototypes.
// Source: Lv et al., "Learning Normal Dynamics in Videos with Meta Prototype Network", CVPR 2021, §3.2, in the form of
// the published code. Gradient runs through all of it.
import { ops } from "@engram/engine";

type Tensor2D = ops.Tensor2D;
type Tensor3D = ops.Tensor3D;

export interface Prototyping {
  /** unit rows, float32 [B, P, d] */
  readonly keys: Tensor3D;
  /** one-hot rows, float32 [B, N, P]: the prototype most like each position; the first of equals */
  readonly nearest: Tensor3D;
  /** the features with what the prototypes say of them added, float32 [B, N, d] */
  readonly output: Tensor3D;
}

/**
 * A = softmax(X·headsᵀ, over the N positions);  proto_p = Σ_n A[n, p] X[n];  keys = unit rows of proto
 * W = softmax(X·keysᵀ, over the P prototypes);  Y = unit rows of W·keys;  output = Y + X
 *
 * @param features X, float32 [B, N, d], unit rows
 * @param heads float32 [P, d], trained
 */
export function prototype(features: Tensor3D, heads: Tensor2D): Prototyping {
  const [frames, positions, channels] = features.shape;
  const count = heads.shape[0];
  const rows: Tensor2D = ops.reshape(features, [frames * positions, channels]);
  const affinities: Tensor3D = ops.reshape(ops.matMul(rows, heads, false, true), [frames, positions, count]);
  const shares = ops.softmax(ops.transpose(affinities, [0, 2, 1]), 2);
  const keys = ops.l2Normalize(ops.matMul(shares, features) as Tensor3D);
  const weights = ops.softmax(ops.matMul(features, keys, false, true) as Tensor3D, 2);
  const answer = ops.l2Normalize(ops.matMul(weights, keys) as Tensor3D);
  const nearest = ops.cast(ops.oneHot(ops.argMax(weights, 2), count), "float32") as Tensor3D;
  return { keys, nearest, output: ops.add(answer, features) };
}
