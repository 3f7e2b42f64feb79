// A small painter: anti-aliased discs, bars and polygons in floating point, and the mask of what matters.

export type Colour = readonly [red: number, green: number, blue: number];
export type Point = readonly [x: number, y: number];

/** Coverage at and above which a pixel belongs to the shape on top of it. */
const OWNED = 0.5;

export class Canvas {
  readonly width: number;
  readonly height: number;
  /** float32 [height, width, 3], 0…255 */
  readonly rgb: Float32Array;
  /** uint8 [height, width]: 255 where a marked shape is what one sees */
  readonly mask: Uint8Array;
  /** whether shapes drawn from now on are marked in the mask; others cover what was marked below them */
  isMarking = false;

  constructor(width: number, height: number, background?: Float32Array) {
    this.width = width;
    this.height = height;
    this.rgb = background === undefined ? new Float32Array(width * height * 3) : background.slice();
    this.mask = new Uint8Array(width * height);
  }

  disc(x: number, y: number, radius: number, colour: Colour): void {
    this.bar([x, y], [x, y], radius, radius, colour);
  }

  ring(x: number, y: number, radius: number, thickness: number, colour: Colour): void {
    const reach = radius + thickness;
    this.#fill(x - reach, y - reach, x + reach, y + reach, colour, (px, py) => {
      const distance = Math.sqrt((px - x) * (px - x) + (py - y) * (py - y));
      return thickness / 2 - Math.abs(distance - radius);
    });
  }

  /** A bar with round ends whose radius goes from `startRadius` to `endRadius`. */
  bar(start: Point, end: Point, startRadius: number, endRadius: number, colour: Colour): void {
    const [x0, y0] = start;
    const dx = end[0] - x0;
    const dy = end[1] - y0;
    const lengthSquared = dx * dx + dy * dy;
    const reach = Math.max(startRadius, endRadius);
    const left = Math.min(x0, end[0]) - reach;
    const top = Math.min(y0, end[1]) - reach;
    this.#fill(left, top, Math.max(x0, end[0]) + reach, Math.max(y0, end[1]) + reach, colour, (px, py) => {
      const along = lengthSquared === 0 ? 0 : ((px - x0) * dx + (py - y0) * dy) / lengthSquared;
      const t = along < 0 ? 0 : along > 1 ? 1 : along;
      const ex = px - x0 - t * dx;
      const ey = py - y0 - t * dy;
      return startRadius + (endRadius - startRadius) * t - Math.sqrt(ex * ex + ey * ey);
    });
  }

  /** A convex polygon, its corners in clockwise order on the screen. */
  polygon(corners: readonly Point[], colour: Colour): void {
    const xs = corners.map(([x]) => x);
    const ys = corners.map(([, y]) => y);
    const edges = corners.map((corner, i) => {
      const next = corners[(i + 1) % corners.length]!;
      const length = Math.hypot(next[0] - corner[0], next[1] - corner[1]);
      return { corner, nx: -(next[1] - corner[1]) / length, ny: (next[0] - corner[0]) / length };
    });
    this.#fill(Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys), colour, (px, py) => {
      let inside = Number.POSITIVE_INFINITY;
      for (const { corner, nx, ny } of edges) {
        inside = Math.min(inside, (px - corner[0]) * nx + (py - corner[1]) * ny);
      }
      return inside;
    });
  }

  /** Darkens an ellipse softly, most in its middle. Shadows are never marked. */
  shadow(x: number, y: number, radiusX: number, radiusY: number, strength: number): void {
    this.#each(x - radiusX, y - radiusY, x + radiusX, y + radiusY, (pixel, px, py) => {
      const u = (px - x) / radiusX;
      const v = (py - y) / radiusY;
      const dark = 1 - strength * Math.max(0, 1 - (u * u + v * v));
      for (let c = 0; c < 3; c++) this.rgb[3 * pixel + c]! *= dark;
    });
  }

  /** `depth` is how far a pixel's centre lies inside the shape, in pixels; negative outside. */
  #fill(
    left: number,
    top: number,
    right: number,
    bottom: number,
    colour: Colour,
    depth: (x: number, y: number) => number,
  ): void {
    const { rgb, mask } = this;
    this.#each(left - 1, top - 1, right + 1, bottom + 1, (pixel, px, py) => {
      const coverage = Math.min(1, depth(px, py) + 0.5);
      if (coverage <= 0) return;
      for (let c = 0; c < 3; c++) rgb[3 * pixel + c]! += (colour[c]! - rgb[3 * pixel + c]!) * coverage;
      if (coverage >= OWNED) mask[pixel] = this.isMarking ? 255 : 0;
    });
  }

  #each(
    left: number,
    top: number,
    right: number,
    bottom: number,
    visit: (pixel: number, x: number, y: number) => void,
  ): void {
    const lastX = Math.min(this.width - 1, Math.ceil(right));
    const lastY = Math.min(this.height - 1, Math.ceil(bottom));
    for (let y = Math.max(0, Math.floor(top)); y <= lastY; y++) {
      for (let x = Math.max(0, Math.floor(left)); x <= lastX; x++) {
        visit(y * this.width + x, x + 0.5, y + 0.5);
      }
    }
  }
}

export function shade(colour: Colour, factor: number): Colour {
  return [colour[0] * factor, colour[1] * factor, colour[2] * factor];
}
