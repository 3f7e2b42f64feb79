import { describe, expect, it } from "vitest";
import { openDevice } from "./device.ts";
import { openEagerDevice } from "./eager.ts";
import { probe } from "./probe.ts";
import type { Device, DeviceId } from "./step.ts";

describe("openDevice", () => {
  it("takes the fastest by itself, and says which and why", async () => {
    const messages: string[] = [];
    const device = await openDevice("auto", {
      report: (message, level) => messages.push(`${level}: ${message}`),
    });
    // Which it is depends on the machine; `choice.test.ts` has the rule.
    expect(device.id).not.toBe("tfjs-cpu");
    expect(messages.at(-1)).toContain(`info: Device ${device.id}: ${device.description}. It is the fastest`);
    await device.dispose();
  });

  it("opens what it is asked for, with as many threads as it is told", async () => {
    expect((await openDevice("onnx-cpu", { threads: 1 })).description).toMatch(/1 thread$/);
    expect((await openDevice("tfjs-cpu")).kind).toBe("eager");
  });

  it("refuses an unknown device and a senseless number of threads", async () => {
    await expect(openDevice("tpu" as DeviceId)).rejects.toMatchObject({ code: "UNKNOWN_DEVICE" });
    await expect(openDevice("onnx-cpu", { threads: 0 })).rejects.toMatchObject({ code: "BAD_INPUT" });
  });

  it("finds out a device that computes nonsense", async () => {
    const honest = openEagerDevice();
    const broken: Device = {
      ...honest,
      compile: async (step, state) => {
        const program = await honest.compile(step, state);
        return {
          outputs: program.outputs,
          run: async (batch, scalars) => {
            const outputs = await program.run(batch, scalars);
            return { ...outputs, output: outputs.output!.map((value) => value * 1.5) as Float32Array };
          },
          readState: () => program.readState(),
          writeState: (state) => program.writeState(state),
          dispose: () => program.dispose(),
        };
      },
    };
    await expect(probe(broken)).rejects.toMatchObject({
      code: "UNAVAILABLE",
      message: /its convolution is wrong: at 0 of 392 expected/,
    });
  });
});
