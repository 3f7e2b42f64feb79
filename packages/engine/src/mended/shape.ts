// Kernels that move elements: wrong in TensorFlow.js for mirrored borders, for running sums along any but the last axis,
// and for picking by more than one batch axis.
import {
  add,
  cumsum,
  mul,
  pad,
  range,
  registerGradient,
  reshape,
  reverse,
  scalar,
  slice,
  type Tensor,
  type Tensor1D,
  transpose,
  unsortedSegmentSum,
  zerosLike,
} from "@tensorflow/tfjs";
import { sizeOf } from "../host-data.ts";

registerGradient({
  kernelName: "Cumsum",
  gradFunc: (dy, _, { axis, exclusive, reverse }) => ({
    x: () => cumsum(dy as Tensor, Number(axis), Boolean(exclusive), !reverse),
  }),
});

registerGradient({
  kernelName: "MirrorPad",
  gradFunc: (dy, _, { paddings, mode }) => ({
    x: () =>
      (paddings as [number, number][]).reduce(
        (gradient, amounts, axis) => foldBack(gradient, axis, amounts, mode === "reflect" ? 1 : 0),
        dy as Tensor,
      ),
  }),
});

/** Adds both borders of one axis, turned round, to what they mirror; the `skipped` outermost elements were not. */
function foldBack(dy: Tensor, axis: number, [before, after]: [number, number], skipped: number): Tensor {
  const length = dy.shape[axis]! - before - after;
  const cut = (start: number, size: number) =>
    slice(
      dy,
      dy.shape.map((_, index) => (index === axis ? start : 0)),
      dy.shape.map((own, index) => (index === axis ? size : own)),
    );
  const mirrored = (start: number, size: number, inFront: number) => {
    const behind = length - inFront - size;
    const amounts = dy.shape.map((_, index): [number, number] =>
      index === axis ? [inFront, behind] : [0, 0],
    );
    return pad(reverse(cut(start, size), axis), amounts);
  };
  let gradient = cut(before, length);
  if (before > 0) gradient = add(gradient, mirrored(0, before, skipped));
  if (after > 0) gradient = add(gradient, mirrored(before + length, after, length - after - skipped));
  return gradient;
}

registerGradient({
  kernelName: "GatherV2",
  inputsToSave: ["x", "indices"],
  gradFunc: (dy, saved, attrs) => {
    const [x, indices] = saved as [Tensor, Tensor];
    const axis = fromEnd(Number(attrs.axis), x.rank);
    const batchDims = fromEnd(Number(attrs.batchDims), indices.rank);
    return {
      x: () => gatherGradient(dy as Tensor, x.shape, indices, axis, batchDims),
      indices: () => zerosLike(indices),
    };
  },
});

function fromEnd(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis;
}

/** Sums of the rows that were taken from the same place, with the rows of all batches numbered through. */
function gatherGradient(
  dy: Tensor,
  shape: number[],
  indices: Tensor,
  axis: number,
  batchDims: number,
): Tensor {
  const axes = shape.map((_, index) => index);
  const [batch, between, behind] = [
    axes.slice(0, batchDims),
    axes.slice(batchDims, axis),
    axes.slice(axis + 1),
  ];
  const pickedRank = indices.rank - batchDims;
  const batchSize = sizeOf(shape.slice(0, batchDims));
  const rowsPerBatch = indices.size / (batchSize || 1);
  const length = shape[axis]!;
  const rest = [...between, ...behind].map((index) => shape[index]!);
  const picked = Array.from({ length: pickedRank }, (_, index) => axis + index);
  const rows = transpose(dy, [
    ...batch,
    ...picked,
    ...between,
    ...behind.map((index) => index + pickedRank - 1),
  ]);
  const offsets = reshape(mul(range(0, batchSize, 1, "int32"), scalar(length, "int32")), [batchSize, 1]);
  const numbers = add(reshape(indices, [batchSize, rowsPerBatch]), offsets);
  const sums = unsortedSegmentSum(
    reshape(rows, [batchSize * rowsPerBatch, ...rest]),
    reshape(numbers, [batchSize * rowsPerBatch]) as Tensor1D,
    batchSize * length,
  );
  const order = [...batch, axis, ...between, ...behind];
  const ordered = reshape(sums, [...batch.map((index) => shape[index]!), length, ...rest]);
  return transpose(
    ordered,
    axes.map((index) => order.indexOf(index)),
  );
}
