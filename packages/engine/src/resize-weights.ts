// Which pixels a resized line of pixels is made of, as TensorFlow.js's resizeBilinear and resizeNearestNeighbor have it.

export interface ResizeRule {
  /** the outermost pixels stay where they are */
  readonly alignCorners: boolean;
  /** pixels are squares whose centers lie at a half: what PyTorch and OpenCV do */
  readonly halfPixelCenters: boolean;
}

/** The place in a line of `from` pixels that each of `to` comes from, whole where it is the center of a pixel. */
function places(from: number, to: number, { alignCorners, halfPixelCenters }: ResizeRule, center: number) {
  const isAligned = alignCorners && to > 1;
  const ratio = isAligned ? (from - 1) / (to - 1) : from / to;
  return Array.from({ length: to }, (_, place) =>
    halfPixelCenters ? ratio * (place + 0.5) - center : ratio * place,
  );
}

/** The number of the pixel that each of `to` pixels is a copy of. */
export function nearestPlaces(from: number, to: number, rule: ResizeRule): number[] {
  const round = rule.alignCorners ? Math.round : Math.floor;
  return places(from, to, rule, 0).map((place) => Math.min(Math.max(round(place), 0), from - 1));
}

/** Matrix [to, from], row-major: resizing a line is a product with it. */
export function nearestWeights(from: number, to: number, rule: ResizeRule): Float32Array {
  const weights = new Float32Array(to * from);
  for (const [row, place] of nearestPlaces(from, to, rule).entries()) weights[row * from + place] = 1;
  return weights;
}

/** Matrix [to, from], row-major: each pixel is a mixture of the two next to its place, or the one at the border. */
export function bilinearWeights(from: number, to: number, rule: ResizeRule): Float32Array {
  const weights = new Float32Array(to * from);
  for (const [row, place] of places(from, to, rule, 0.5).entries()) {
    const inside = Math.min(Math.max(place, 0), from - 1);
    const below = Math.floor(inside);
    const above = Math.min(below + 1, from - 1);
    weights[row * from + below]! += 1 - (inside - below);
    weights[row * from + above]! += inside - below;
  }
  return weights;
}
