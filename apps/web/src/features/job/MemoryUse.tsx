import { formatSignificant } from "../../lib/format.ts";
import styles from "./TrainingCurve.module.css";
import type { MemoryShares } from "./training-curve.ts";

const WIDTH = 240;
const HEIGHT = 64;

/** How many of the last epoch's queries went to each memory item, a bar an item. */
export function MemoryUse({ memory }: { memory: MemoryShares }) {
  const { items, deadItems, shares, evenness } = memory;
  const used = `${items - deadItems} of ${items} items used`;
  const largest = shares === null ? 0 : Math.max(...shares);
  const step = WIDTH / items;
  return (
    <figure className={styles.curve}>
      <figcaption>
        Memory, last epoch <strong>{used}</strong>
      </figcaption>
      {shares === null ? null : (
        <svg
          viewBox={`-4 -4 ${WIDTH + 8} ${HEIGHT + 8}`}
          role="img"
          aria-label={`Share of the queries by memory item: ${shares.map(formatSignificant).join(", ")}`}
          preserveAspectRatio="none"
        >
          <path d={`M0 ${HEIGHT}H${WIDTH}`} className={styles.base} />
          <path
            d={shares
              .map((share, item) => {
                const height = (share / largest) * HEIGHT;
                return `M${item * step + step * 0.1} ${HEIGHT}v${-height}h${step * 0.8}v${height}z`;
              })
              .join("")}
            className={styles.bar}
          />
        </svg>
      )}
      <span className={styles.range}>
        {evenness === null ? "one item" : `entropy ${(100 * evenness).toFixed(0)} % of even use`}
      </span>
    </figure>
  );
}
