// The area under a curve of a detection rate, from no false positive up to a limit of them.

export interface PartialArea {
  /** The curve's next point, reached on a straight line; `x` never falls. */
  to(x: number, y: number): void;
  /** The area up to the limit, divided by it: the mean rate. A curve that ends before goes on level. */
  finish(): number;
}

/**
 *     1/limit ∫₀^limit y dx,  from (0, 0), by trapezoids; on the line between two points at the limit
 *
 * @param limit above 0
 */
export function createPartialArea(limit: number): PartialArea {
  let [x, y, area] = [0, 0, 0];
  return {
    to(nextX, nextY) {
      const width = Math.min(nextX, limit) - x;
      if (width > 0) {
        const end = y + ((nextY - y) * width) / (nextX - x);
        area += (width * (y + end)) / 2;
      }
      if (nextX <= limit) y = nextY;
      x = nextX;
    },
    finish: () => (area + Math.max(0, limit - x) * y) / limit,
  };
}
