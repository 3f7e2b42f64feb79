import { deviceReportSchema } from "@engram/core";
import { expect, it } from "vitest";
import { listDevices } from "./list-devices.ts";
import { DEVICE_IDS } from "./step.ts";

it("reports every device that the engine knows, and which of those that are ready auto takes", async () => {
  const reports = await listDevices({ threads: 1 });
  expect(reports.map(({ id }) => id)).toEqual(DEVICE_IDS);
  for (const report of reports) expect(deviceReportSchema.parse(report)).toEqual(report);
  const byDefault = reports.filter(({ isDefault }) => isDefault);
  expect(byDefault).toEqual([expect.objectContaining({ state: "READY" })]);
  const reference = reports.find(({ id }) => id === "tfjs-cpu");
  expect(reference).toMatchObject({ state: "READY", kind: "eager" });
  expect(reports.find(({ id }) => id === "onnx-cpu")!.gflops).toBeGreaterThan(reference!.gflops!);
});
