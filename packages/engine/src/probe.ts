// A device that loads may still compute nonsense: a wrong driver, a processor without the instructions it was built for.
import { AppError } from "@engram/core";
import * as ops from "./ops.ts";
import type { Device, Step } from "./step.ts";

// Small whole numbers, so that every device must give these results exactly.
const IMAGE = Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9);
const FILTER = Float32Array.of(1, 0, -1, 2);
const OUTPUT = [7, 9, 13, 15];
const IMAGE_GRADIENT = [7, 9, 0, 6, 20, 18, -13, 11, 30];
const FILTER_GRADIENT = [152, 196, 284, 328];

const step: Step = {
  name: "probe",
  state: { filter: { shape: [2, 2, 1, 1], dtype: "float32" } },
  constants: {},
  batch: { image: { shape: [1, 3, 3, 1], dtype: "float32" } },
  scalars: [],
  run({ state, batch }) {
    const { aux, grads } = ops.valueAndNamedGrads(
      ({ image, filter }) => {
        const output = ops.conv2d(image as ops.Tensor4D, filter as ops.Tensor4D, 1, "valid");
        return { loss: ops.div(ops.sum(ops.square(output)), 2), aux: { output } };
      },
      { image: batch.image!, filter: state.filter! },
    );
    return { state: { filter: grads.filter }, outputs: { output: aux.output, imageGradient: grads.image } };
  },
};

/** @throws AppError UNAVAILABLE where the device's convolution or a gradient of it is not what it must be */
export async function probe(device: Device): Promise<void> {
  const program = await device.compile(step, { filter: { ...step.state.filter!, data: FILTER } });
  try {
    const { output, imageGradient } = await program.run({ image: IMAGE });
    const { filter } = await program.readState();
    check("convolution", OUTPUT, output!);
    check("convolution's input gradient", IMAGE_GRADIENT, imageGradient!);
    check("convolution's filter gradient", FILTER_GRADIENT, filter!.data);
  } finally {
    await program.dispose();
  }
}

function check(what: string, expected: readonly number[], came: ArrayLike<number>): void {
  if (expected.length === came.length && expected.every((value, index) => value === came[index])) return;
  throw new AppError(
    "UNAVAILABLE",
    `its ${what} is wrong: expected [${expected}], came [${Array.from(came)}].`,
  );
}
