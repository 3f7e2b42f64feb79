// A transposed convolution as ordinary ones. With stride s, output pixels that lie s apart see the same taps of the
// kernel: each of the s·s phases is a convolution of the input with those taps alone, and their results interleave.
import type { GraphNode } from "../trace/graph.ts";

/** Along one axis: the outputs at s·j + r read the inputs from j − before on, one for each tap. */
export interface Phase {
  /** in the order of the inputs that they meet */
  readonly taps: readonly number[];
  /** zeros in front of the input and behind it */
  readonly before: number;
  readonly after: number;
}

export interface Phases {
  /** s of them */
  readonly rows: readonly Phase[];
  readonly columns: readonly Phase[];
}

/**
 * Output o of a transposed convolution is the sum over inputs i and taps t with o = s·i − pad + t. For o = s·j + r these
 * are the taps with t ≡ r + pad (mod s), at i = j + (r + pad − t) / s.
 *
 * @param node a ConvTranspose over NCHW
 * @returns null where the phases are of unequal size, one has no taps, or the kernel is dilated
 */
export function phasesOf(node: GraphNode): Phases | null {
  const { strides, kernel_shape: kernel, pads, dilations } = node.attributes as Record<string, number[]>;
  if (!strides || !kernel || !pads || dilations?.some((dilation) => dilation !== 1)) return null;
  const [input, output] = [node.inputs[0]!.shape, node.outputs[0]!.shape];
  const along = (axis: 0 | 1) =>
    axisPhases({
      ...{ stride: strides[axis]!, kernel: kernel[axis]!, pad: pads[axis]! },
      ...{ input: input[axis + 2]!, output: output[axis + 2]! },
    });
  const [rows, columns] = [along(0), along(1)];
  return rows && columns && { rows, columns };
}

interface Axis {
  readonly stride: number;
  readonly kernel: number;
  readonly pad: number;
  readonly input: number;
  readonly output: number;
}

function axisPhases({ stride, kernel, pad, input, output }: Axis): Phase[] | null {
  if (output % stride !== 0) return null;
  const phases: Phase[] = [];
  for (let r = 0; r < stride; r++) {
    const taps: number[] = [];
    for (let t = kernel - 1; t >= 0; t--) if ((r + pad - t) % stride === 0) taps.push(t);
    const [first, last] = [taps[0], taps.at(-1)];
    if (first === undefined || last === undefined) return null;
    const before = (first - r - pad) / stride;
    const after = output / stride - input + (r + pad - last) / stride;
    if (before < 0 || after < 0) return null;
    phases.push({ taps, before, after });
  }
  return phases;
}
