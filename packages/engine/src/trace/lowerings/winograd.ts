// Winograd's convolution F(2×2, 3×3): each 2×2 tile of the output from a 4×4 tile of the input with 16 products where the
// direct sum has 36 (Winograd 1980; Lavin & Gray, CVPR 2016, §4.1): Y = Aᵀ[(G g Gᵀ) ⊙ (Bᵀ d B)]A, summed over input
// channels. All transforms are matrix products, over whole images at once: padding is a matter of their zeros.
//
// Transformed tensors are [16, tiles, channels]: the 16 places (k, l) of a transformed tile, tiles in the order batch,
// column, row, so that the sums over channels are 16 matrix products.
import type { Edge } from "../graph.ts";
import type { Tracer } from "../tracer.ts";
import { matMul, transposed } from "./mat-mul.ts";
import { isPlain, type Window } from "./window.ts";

type Matrix = readonly (readonly number[])[];
type Shape4 = readonly [batch: number, channels: number, height: number, width: number];

const INPUT: Matrix = [
  [1, 0, -1, 0],
  [0, 1, 1, 0],
  [0, -1, 1, 0],
  [0, 1, 0, -1],
];
const FILTER: Matrix = [
  [1, 0, 0],
  [0.5, 0.5, 0.5],
  [0.5, -0.5, 0.5],
  [0, 0, 1],
];
/** Aᵀ */
const OUTPUT: Matrix = [
  [1, 1, 1, 0],
  [0, 1, -1, -1],
];
const PLACES = 16;
const TAPS = 9;

/**
 * Axes of length 1 in front of all that a pass makes. ONNX Runtime holds one buffer for tensors of one shape from the
 * first to the last of them, idle or not, and equal nodes are made once: the backward pass has shapes of its own, so that
 * nothing here, each several times an image, stays in memory from one pass to the other.
 */
type Pass = readonly number[];
const FORWARD: Pass = [];
const BACKWARD: Pass = [1];

/** Fewer channels, or wider images, spend more on the transforms than the products save: see docs/engine.md. */
const LEAST_CHANNELS = 256;
const WIDEST = 64;

/** @param window of a convolution whose filter is [..., inChannels, outChannels] */
export function suitsWinograd(tracer: Tracer, window: Window, filterShape: readonly number[]): boolean {
  const [inChannels, outChannels] = filterShape.slice(-2) as [number, number];
  const [, height, width] = window.outShape as [number, number, number];
  return (
    tracer.usesWinograd &&
    window.kernel.join() === "3,3" &&
    isPlain(window) &&
    height % 2 === 0 &&
    width % 2 === 0 &&
    Math.max(height, width) <= WIDEST &&
    Math.min(inChannels, outChannels) >= LEAST_CHANNELS
  );
}

/** @param image [batch, in, height, width] @param filter OIHW @returns [batch, out, outHeight, outWidth] */
export function winogradConv(tracer: Tracer, image: Edge, filter: Edge, window: Window): Edge {
  const weights = transposed(tracer, filterTiles(tracer, filter, "upright", FORWARD));
  return imageOf(tracer, matMul(tracer, inputTiles(tracer, image, window, FORWARD), weights), window);
}

/**
 * The gradient in the input is a convolution of the output's with the filter turned by 180°.
 *
 * @param gradient [batch, out, outHeight, outWidth] @param filter OIHW
 * @param window mirrored: through which the input's pixels see the gradient
 */
export function winogradInputGradient(tracer: Tracer, gradient: Edge, filter: Edge, window: Window): Edge {
  const weights = filterTiles(tracer, filter, "turned", BACKWARD);
  return imageOf(tracer, matMul(tracer, inputTiles(tracer, gradient, window, BACKWARD), weights), window);
}

/** dL/dg = Gᵀ[Σ over tiles (A dY Aᵀ) ⊙ (Bᵀ d B)]G, as OIHW. */
export function winogradFilterGradient(tracer: Tracer, image: Edge, gradient: Edge, window: Window): Edge {
  const { graph } = tracer;
  const elements = image.shape[1]! * gradient.shape[1]!;
  const seen = inputTiles(tracer, image, window, BACKWARD);
  const [, height, width] = window.outShape as [number, number, number];
  const spread = (length: number) => transform(transpose(OUTPUT), length / 2, length, 0);
  const key = `errors ${height}×${width}`;
  const errors = tilesOf(tracer, gradient, spread(height), spread(width), key, BACKWARD);
  const sums = matMul(tracer, transposed(tracer, errors), seen);
  const taps = graph.node(
    "Gemm",
    [
      tracer.reshapeEdge(sums, [PLACES, elements]),
      constant(tracer, "filter upright", kronecker(FILTER, FILTER)),
    ],
    { type: "float32", shape: [elements, TAPS] },
    { transA: 1, transB: 0 },
  );
  return tracer.reshapeEdge(taps, [gradient.shape[1]!, image.shape[1]!, 3, 3]);
}

/** G g Gᵀ of each kernel: [out, in, 3, 3] → [16, out, in]. */
function filterTiles(tracer: Tracer, filter: Edge, pose: "upright" | "turned", pass: Pass): Edge {
  const [outChannels, inChannels] = filter.shape as Shape4;
  const matrix = kronecker(FILTER, FILTER);
  const rows = pose === "turned" ? matrix.map((row) => row.toReversed()) : matrix;
  const kernels = tracer.reshapeEdge(filter, [...pass, outChannels * inChannels, TAPS]);
  const weights = matMul(tracer, constant(tracer, `filter ${pose}`, rows), transposed(tracer, kernels));
  return tracer.reshapeEdge(weights, [...pass, PLACES, outChannels, inChannels]);
}

/** Bᵀ d B of each tile of what the window sees. */
function inputTiles(tracer: Tracer, image: Edge, window: Window, pass: Pass): Edge {
  const [, , height, width] = image.shape as Shape4;
  const [top, left] = window.before as [number, number];
  const [, outHeight, outWidth] = window.outShape as [number, number, number];
  return tilesOf(
    tracer,
    image,
    transform(INPUT, outHeight / 2, height, top),
    transform(INPUT, outWidth / 2, width, left),
    `input ${height}×${width} ${outHeight}×${outWidth} ${top} ${left}`,
    pass,
  );
}

/** [batch, channels, height, width] → [16, tiles, channels], each axis of space by its own matrices. */
function tilesOf(
  tracer: Tracer,
  image: Edge,
  vertical: readonly Matrix[],
  horizontal: readonly Matrix[],
  key: string,
  pass: Pass,
): Edge {
  const [batch, channels, height, width] = image.shape as Shape4;
  const [rows, columns] = [vertical[0]!.length, horizontal[0]!.length];
  const lines = tracer.reshapeEdge(image, [...pass, 1, batch, channels * height, width]);
  const across = matMul(
    tracer,
    constant(tracer, `${key} across`, horizontal.flat(), [4, 1, columns, width]),
    transposed(tracer, lines),
  );
  const strips = tracer.reshapeEdge(across, [...pass, 1, 4, batch * columns, channels, height]);
  const down = matMul(
    tracer,
    constant(tracer, `${key} down`, vertical.flat(), [4, 1, 1, rows, height]),
    transposed(tracer, strips),
  );
  return tracer.reshapeEdge(down, [...pass, PLACES, batch * columns * rows, channels]);
}

/** Aᵀ M A of each tile, in its place: [16, tiles, channels] → [batch, channels, height, width]. */
function imageOf(tracer: Tracer, products: Edge, window: Window): Edge {
  const [batch, outHeight, outWidth] = window.outShape as [number, number, number];
  const [rows, columns] = [outHeight / 2, outWidth / 2];
  const [places, tiles, channels] = products.shape.slice(-3) as [number, number, number];
  const flat = tracer.reshapeEdge(products, [...products.shape.slice(0, -3), places, tiles * channels]);
  const pixels = matMul(tracer, constant(tracer, "output", kronecker(OUTPUT, OUTPUT)), flat);
  const placed = tracer.graph.node(
    "Transpose",
    [tracer.reshapeEdge(pixels, [2, 2, batch, columns, rows, channels])],
    { type: "float32", shape: [batch, channels, rows, 2, columns, 2] },
    { perm: [2, 5, 4, 0, 3, 1] },
  );
  return tracer.reshapeEdge(placed, [batch, channels, outHeight, outWidth]);
}

/**
 * Per place of a transformed tile a matrix [tiles, length] from an axis of the image to that place in each tile. Tile t
 * begins at 2t − before; what lies outside the image is zero, and so has no column.
 */
function transform(tile: Matrix, tiles: number, length: number, before: number): Matrix[] {
  return tile.map((weights) =>
    Array.from({ length: tiles }, (_, index) => {
      const row = new Array<number>(length).fill(0);
      for (const [offset, weight] of weights.entries()) {
        const position = 2 * index - before + offset;
        if (position >= 0 && position < length) row[position] = weight;
      }
      return row;
    }),
  );
}

/** Of a ⊗ b, the matrix that does to a flattened tile what a and b do to its two axes. */
function kronecker(a: Matrix, b: Matrix): Matrix {
  return a.flatMap((rowA) => b.map((rowB) => rowA.flatMap((x) => rowB.map((y) => x * y))));
}

function transpose(matrix: Matrix): Matrix {
  return matrix[0]!.map((_, column) => matrix.map((row) => row[column]!));
}

function constant(tracer: Tracer, key: string, rows: Matrix, shape = [rows.length, rows[0]!.length]): Edge {
  return tracer.graph.constant("float32", shape, Float32Array.from(rows.flat()), `winograd ${key}`);
}
