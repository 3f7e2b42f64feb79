import { hostname } from "node:os";
import { deviceReportSchema } from "@engram/core";
import { listLiveWorkers } from "@engram/db";
import { startTestDatabase } from "@engram/testkit";
import { pino } from "pino";
import { afterAll, expect, it, vi } from "vitest";
import { startHeartbeat } from "./heartbeat.ts";

const { db, close } = await startTestDatabase();
afterAll(close);
const log = pino({ level: "silent" });
const worker = { id: "heartbeat", hostname: hostname(), version: "0.1.0" };

it("a worker is listed at once, with its devices when it has looked at them, and not once it has stopped", async () => {
  const heartbeat = startHeartbeat({ db, worker, log });
  await vi.waitFor(async () => expect(await listLiveWorkers(db)).toMatchObject([{ ...worker, devices: [] }]));
  const devices = await vi.waitFor(
    async () => {
      const [found] = await listLiveWorkers(db);
      return deviceReportSchema.array().nonempty().parse(found!.devices);
    },
    { timeout: 100_000, interval: 200 },
  );
  expect(devices).toContainEqual(expect.objectContaining({ id: "onnx-cpu", state: "READY" }));
  await heartbeat.stop();
  expect(await listLiveWorkers(db)).toEqual([]);
});

it("a worker that stops while it looks at its devices leaves no row, and no process behind", async () => {
  const heartbeat = startHeartbeat({ db, worker, log });
  await heartbeat.stop();
  expect(await listLiveWorkers(db)).toEqual([]);
});
