import { describe, it } from "vitest";
import * as ops from "./ops.ts";
import { expectAgreement, floats, noise } from "./testing/both-devices.ts";

describe("differentiation helpers", () => {
  it("l2Normalize keeps a zero row at zero, with a finite gradient", async () => {
    await expectAgreement(({ x }) => ops.l2Normalize(x!), { x: floats([3, 2], [3, 4, 0, 0, -1e-3, 2e-3]) });
  });

  it("stopGradient stops it", async () => {
    await expectAgreement(({ x }) => ops.mul(x!, ops.stopGradient(ops.square(x!))), { x: noise([4]) });
  });
});
