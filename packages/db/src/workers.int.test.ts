import { type DeviceReport, deviceReportSchema } from "@engram/core";
import { startTestDatabase } from "@engram/testkit";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import {
  forgetDeadWorkers,
  listLiveWorkers,
  removeWorker,
  saveWorker,
  WORKER_STALE_AFTER_MS,
} from "./worker-repository.ts";

const { db, close } = await startTestDatabase();
beforeEach(() => db.pool.query("DELETE FROM worker"));
afterAll(close);

const device: DeviceReport = {
  ...{ id: "onnx-cpu", kind: "compiled", state: "READY", description: "ONNX Runtime" },
  ...{ isDefault: true, memoryBytes: 2 ** 34, gflops: 210.5 },
};
const worker = (id: string) => ({ id, hostname: "host", version: "0.1.0", devices: [] });
const age = (id: string, ms: number) =>
  db.pool.query(`UPDATE worker SET "heartbeatAt" = now() - $2 * interval '1 ms' WHERE id = $1`, [id, ms]);
const ids = async () => (await listLiveWorkers(db)).map(({ id }) => id);

describe("workers", () => {
  it("are known from their first heartbeat on, with their devices once these are known", async () => {
    await saveWorker(db, worker("a"));
    const [first] = await listLiveWorkers(db);
    expect(first).toMatchObject({ ...worker("a"), startedAt: expect.any(Date) });
    await saveWorker(db, { ...worker("a"), devices: [device] });
    const [later] = await listLiveWorkers(db);
    expect(deviceReportSchema.array().parse(later!.devices)).toEqual([device]);
    expect(later!.startedAt).toEqual(first!.startedAt);
  });

  it("count as dead when their heartbeat is old, and as alive again with the next", async () => {
    for (const id of ["a", "b"]) await saveWorker(db, worker(id));
    await age("a", WORKER_STALE_AFTER_MS + 1000);
    expect(await ids()).toEqual(["b"]);
    await saveWorker(db, worker("a"));
    expect(await ids()).toEqual(["a", "b"]);
  });

  it("leave on their own, or are forgotten a day after they fell silent", async () => {
    for (const id of ["gone", "killed", "alive"]) await saveWorker(db, worker(id));
    await removeWorker(db, "gone");
    await age("killed", 25 * 3_600_000);
    await forgetDeadWorkers(db);
    const { rows } = await db.pool.query("SELECT id FROM worker");
    expect(rows).toEqual([{ id: "alive" }]);
  });
});
