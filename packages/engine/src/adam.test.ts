import { expect, it } from "vitest";
import { adamInitialState, adamStateSpecs, adamStep } from "./adam.ts";
import type { Step, TensorSpec } from "./step.ts";
import { compiled, eager } from "./testing/both-devices.ts";

const parameters: Record<string, TensorSpec> = { p: { shape: [3], dtype: "float32" } };
const step: Step = {
  name: "adam",
  state: { ...parameters, ...adamStateSpecs(parameters) },
  constants: {},
  batch: { gradient: { shape: [3], dtype: "float32" } },
  scalars: ["learningRate", "stepNumber"],
  run: ({ state, batch, scalars }) => ({
    state: {
      ...state,
      ...adamStep(state, { p: batch.gradient! }, scalars.learningRate!, scalars.stepNumber!),
    },
    outputs: {},
  }),
};

/** torch.optim.Adam in double precision, written from its documentation. */
function reference(
  start: readonly number[],
  gradients: readonly (readonly number[])[],
  rate: number,
): number[] {
  return start.map((initial, index) => {
    let [p, m, v] = [initial, 0, 0];
    for (const [done, gradient] of gradients.entries()) {
      const g = gradient[index]!;
      m = 0.9 * m + 0.1 * g;
      v = 0.999 * v + 0.001 * g * g;
      const [mHat, vHat] = [m / (1 - 0.9 ** (done + 1)), v / (1 - 0.999 ** (done + 1))];
      p -= (rate * mHat) / (Math.sqrt(vHat) + 1e-8);
    }
    return p;
  });
}

it.each([
  ["compiled", compiled],
  ["eager", eager],
])("follows torch.optim.Adam, %s, and leaves a parameter without gradient where it is", async (_, device) => {
  const start = [1, -2, 0.5];
  const gradients = [1, 2, 3, 4, 5].map((t) => [Math.sin(t), 1e-4 * t, 0]);
  const state = { p: { ...parameters.p!, data: Float32Array.from(start) }, ...adamInitialState(parameters) };
  const program = await device.compile(step, state);
  for (const [index, gradient] of gradients.entries()) {
    await program.run(
      { gradient: Float32Array.from(gradient) },
      { learningRate: 0.01, stepNumber: index + 1 },
    );
  }
  const { p } = await program.readState();
  expect(p!.data).toBeAllClose(reference(start, gradients, 0.01), { rtol: 1e-5, atol: 1e-7 });
  await program.dispose();
});
