// Winograd's convolution F(2×2, 3×3): each 2×2 tile of the output from a 4×4 tile of the input with 16 products where the
// direct sum has 36 (Winograd 1980; Lavin & Gray, CVPR 2016, §4.1): Y = Aᵀ[(G g Gᵀ) ⊙ (Bᵀ d B)]A, summed over input
// channels. All transforms are matrix products, over whole images at once: padding is a matter of their zeros.
//
// Transformed tensors are [16, tiles, channels]: the 16 places (k, l) of a transformed tile, tiles in the order batch,
// column, row, so that the sums over channels are 16 matrix products.
import type { Edge } from "../graph.ts";
import type { Tracer } from "../tracer.ts";
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
  const weights = filterTiles(tracer, filter, "upright");
  return imageOf(
    tracer,
    matMul(tracer, inputTiles(tracer, image, window), transposed(tracer, weights)),
    window,
  );
}

/**
 * The gradient in the input is a convolution of the output's with the filter turned by 180°.
 *
 * @param gradient [batch, out, outHeight, outWidth] @param filter OIHW
 * @param window mirrored: through which the input's pixels see the gradient
 */
export function winogradInputGradient(tracer: Tracer, gradient: Edge, filter: Edge, window: Window): Edge {
  const weights = filterTiles(tracer, filter, "turned");
  return imageOf(tracer, matMul(tracer, inputTiles(tracer, gradient, window), weights), window);
}

/** Aᵀ M A of each tile, in its place: [16, tiles, channels] → [batch, channels, height, width]. */
function imageOf(tracer: Tracer, products: Edge, window: Window): Edge {
  const { graph } = tracer;
  const [batch, outHeight, outWidth] = window.outShape as [number, number, number];
  const [, tiles, outChannels] = products.shape as [number, number, number];
  const inverse = kronecker(OUTPUT, OUTPUT);
  const pixels = graph.node(
    "Gemm",
    [constant(tracer, "output", inverse), tracer.reshapeEdge(products, [PLACES, tiles * outChannels])],
    { type: "float32", shape: [4, tiles * outChannels] },
    { transA: 0, transB: 0 },
  );
  const [rows, columns] = [outHeight / 2, outWidth / 2];
  const placed = graph.node(
    "Transpose",
    [tracer.reshapeEdge(pixels, [2, 2, batch, columns, rows, outChannels])],
    { type: "float32", shape: [batch, outChannels, rows, 2, columns, 2] },
    { perm: [2, 5, 4, 0, 3, 1] },
  );
  return tracer.reshapeEdge(placed, [batch, outChannels, outHeight, outWidth]);
}

/** dL/dg = Gᵀ[Σ over tiles (A dY Aᵀ) ⊙ (Bᵀ d B)]G, as OIHW. */
export function winogradFilterGradient(tracer: Tracer, image: Edge, gradient: Edge, window: Window): Edge {
  const { graph } = tracer;
  const [inChannels, outChannels] = [image.shape[1]!, gradient.shape[1]!];
  // Named apart from the forward pass, which else would be made to keep its own, four times the image, until here.
  const seen = inputTiles(tracer, image, window, "again");
  const [, height, width] = window.outShape as [number, number, number];
  const spread = (length: number) => transform(transpose(OUTPUT), length / 2, length, 0);
  const errors = tilesOf(tracer, gradient, spread(height), spread(width), `errors ${height}×${width}`);
  const sums = matMul(tracer, transposed(tracer, errors), seen);
  const elements = outChannels * inChannels;
  const taps = graph.node(
    "Gemm",
    [
      tracer.reshapeEdge(sums, [PLACES, elements]),
      constant(tracer, "filter upright", kronecker(FILTER, FILTER)),
    ],
    { type: "float32", shape: [elements, TAPS] },
    { transA: 1, transB: 0 },
  );
  return tracer.reshapeEdge(taps, [outChannels, inChannels, 3, 3]);
}

/** G g Gᵀ of each kernel: [out, in, 3, 3] → [16, out, in]. */
function filterTiles(tracer: Tracer, filter: Edge, pose: "upright" | "turned"): Edge {
  const [first, second] = filter.shape as Shape4;
  const matrix = kronecker(FILTER, FILTER);
  const rows = pose === "turned" ? matrix.map((row) => row.toReversed()) : matrix;
  const weights = tracer.graph.node(
    "Gemm",
    [constant(tracer, `filter ${pose}`, rows), tracer.reshapeEdge(filter, [first * second, TAPS])],
    { type: "float32", shape: [PLACES, first * second] },
    { transA: 0, transB: 1 },
  );
  return tracer.reshapeEdge(weights, [PLACES, first, second]);
}

/** Bᵀ d B of each tile. Equal ones are made once, unless told apart by `name`. */
function inputTiles(tracer: Tracer, image: Edge, window: Window, name = ""): Edge {
  const [, , height, width] = image.shape as Shape4;
  const [top, left] = window.before as [number, number];
  const [, outHeight, outWidth] = window.outShape as [number, number, number];
  return tilesOf(
    tracer,
    image,
    transform(INPUT, outHeight / 2, height, top),
    transform(INPUT, outWidth / 2, width, left),
    `input ${height}×${width} ${outHeight}×${outWidth} ${top} ${left} ${name}`,
  );
}

/** [batch, channels, height, width] → [16, tiles, channels], each axis of space by its own matrices. */
function tilesOf(tracer: Tracer, image: Edge, vertical: Matrix[], horizontal: Matrix[], key: string): Edge {
  const [batch, channels, height, width] = image.shape as Shape4;
  const [rows, columns] = [vertical[0]!.length, horizontal[0]!.length];
  const across = matMul(
    tracer,
    constant(tracer, `${key} across`, horizontal.flat(), [4, 1, columns, width]),
    transposed(tracer, tracer.reshapeEdge(image, [1, batch, channels * height, width])),
  );
  const down = matMul(
    tracer,
    constant(tracer, `${key} down`, vertical.flat(), [4, 1, 1, rows, height]),
    transposed(tracer, tracer.reshapeEdge(across, [1, 4, batch * columns, channels, height])),
  );
  return tracer.reshapeEdge(down, [PLACES, batch * columns * rows, channels]);
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

/** The last two axes swapped. ONNX Runtime makes one product of this and the product it goes to. */
function transposed(tracer: Tracer, edge: Edge): Edge {
  const rank = edge.shape.length;
  const axes = edge.shape.map((_, axis) => axis);
  const perm = [...axes.slice(0, -2), rank - 1, rank - 2];
  const shape = perm.map((axis) => edge.shape[axis]!);
  return tracer.graph.node("Transpose", [edge], { type: edge.type, shape }, { perm });
}

function matMul(tracer: Tracer, a: Edge, b: Edge): Edge {
  const lead = a.shape.slice(0, -2).map((length, axis) => Math.max(length, b.shape[axis]!));
  const shape = [...lead, a.shape.at(-2)!, b.shape.at(-1)!];
  return tracer.graph.node("MatMul", [a, b], { type: "float32", shape });
}
