// Which memory items the queries of a training go to: a memory in which few items take all, or most take none, has
// learned less than it could.
import { MAX_LISTED_ITEMS, type MemoryUsage } from "@engram/core";

/**
 * The usage of M memory items over some steps.
 *
 *     shareₘ = sumₘ / Σ sum,   entropy = −Σ shareₘ · ln shareₘ  (0 · ln 0 = 0)
 *
 * Entropy is in nats, in [0, ln M]; divided by ln M it is 1 where all items are used alike, whatever M is. A dead item
 * is one whose share is 0.
 *
 * @param sums of the `itemShares` of the steps, [M], 0 or more
 * @returns null where nothing was addressed: without items, before the first step
 */
export function memoryUsage(sums: readonly number[]): MemoryUsage | null {
  const total = sums.reduce((sum, share) => sum + share, 0);
  if (!(total > 0)) return null;
  const shares = sums.map((sum) => sum / total);
  let entropy = 0;
  for (const share of shares) if (share > 0) entropy -= share * Math.log(share);
  return {
    items: shares.length,
    shares: shares.length > MAX_LISTED_ITEMS ? null : shares,
    deadItems: shares.filter((share) => share === 0).length,
    // A lone item's −1 · ln 1 is −0.
    entropy: Math.max(0, entropy),
  };
}
