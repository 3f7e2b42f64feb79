// What MNAD's decoder makes of what the memory gave.
import type { ops } from "@engram/engine";
import type { RunLayer } from "../layers/run-layer.ts";
import { decode, type Encoding, paint } from "../u-net/network.ts";
import type { MnadVariant } from "./layers.ts";
import { toMap } from "./memory.ts";

/**
 * The frame as the memory lets the decoder see it: predicted, with the encoder's skips, or rebuilt without.
 *
 * @param memory rows float32 [N, 16·width], queries and what was read with them
 * @returns float32 [batch, size, size, 3], in [-1, 1]
 */
export function rebuild(
  run: RunLayer,
  { hasSkips }: MnadVariant,
  { features, skips }: Encoding,
  memory: ops.Tensor2D,
): ops.Tensor4D {
  return paint(run, decode(run, toMap(memory, features), hasSkips ? skips : []));
}
