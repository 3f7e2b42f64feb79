// PMB's network: an autoencoder of four levels, each of which hands its features to the decoder as `levels` says.
import { ops, type TensorMap } from "@engram/engine";
import type { RunLayer } from "../layers/run-layer.ts";
import type { Bridges } from "./layers.ts";
import { address, assemble, partition } from "./memory.ts";

type Tensor3D = ops.Tensor3D;
type Tensor4D = ops.Tensor4D;

export interface Addressing {
  readonly grid: number;
  readonly sharpness: number;
  readonly shrink: number;
}

export interface Reconstruction {
  /** float32 [batch, size, size, 3], in [-1, 1] */
  readonly frame: Tensor4D;
  /** of each level with a memory, finest first: float32 [G·G, batch·C, N] */
  readonly shares: readonly Tensor3D[];
}

/** The items of a level, 1 the finest: float32 [G·G, N, L]. */
export function itemsOf(level: number): string {
  return `memory/items${level}`;
}

/**
 * At a level with a memory the decoder gets what was read, at one with a skip the features themselves, at one with
 * neither nothing: except at the deepest, which has no upsampled features to be joined with and hands its features on.
 *
 * @param frames float32 [batch, size, size, channels], in [-1, 1]
 * @param items by `itemsOf`, for each level with a memory
 */
export function reconstruct(
  run: RunLayer,
  frames: Tensor4D,
  bridges: Bridges,
  items: TensorMap,
  { grid, sharpness, shrink }: Addressing,
): Reconstruction {
  const shares: Tensor3D[] = [];
  const bridged: (Tensor4D | null)[] = [];
  let features = frames;
  for (const [index, bridge] of bridges.entries()) {
    const level = index + 1;
    const signed = ops.maxPool(run(`conv${level}.1`, features), 2, 2, "valid");
    features = ops.relu(signed);
    if (bridge === "pmb") {
      const bank = items[itemsOf(level)] as Tensor3D;
      const own = address(partition(signed, grid), bank, sharpness, shrink);
      shares.push(own);
      bridged.push(assemble(ops.matMul(own, bank), signed.shape, grid));
    } else bridged.push(bridge === "skip" ? features : null);
  }
  let decoded = run("deconv4.1", bridged[3] ?? features);
  for (const level of [3, 2, 1]) {
    const upsampled = run(`up${level}`, decoded);
    const other = bridged[level - 1];
    decoded = run(`deconv${level}.1`, other ? ops.concat([other, upsampled], 3) : upsampled);
  }
  return { frame: run("deconv0.1", run("up0", decoded)), shares };
}
