import type { DeviceReport } from "@engram/core";
import { saveWorker } from "@engram/db";
import { makeTempFolder, startTestDatabase, type TempFolder, type TestDatabase } from "@engram/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bearer, startTestApi, type TestApi } from "../../testing/test-api.ts";

let database: TestDatabase;
let folder: TempFolder;
let test: TestApi;

const device: DeviceReport = {
  ...{ id: "onnx-cpu", kind: "compiled", state: "READY", description: "ONNX Runtime" },
  ...{ isDefault: true, memoryBytes: 2 ** 34, gflops: 210.5 },
};
const QUERY = `{ workers { id hostname version
  devices { name kind state description isDefault memoryBytes gflops } } }`;

beforeAll(async () => {
  database = await startTestDatabase();
  folder = await makeTempFolder();
  test = await startTestApi({ db: database.db, url: database.url, folder: folder.path });
  for (const id of ["alive", "dead"]) {
    await saveWorker(database.db, { id, hostname: "host", version: "0.1.0", devices: [device] });
  }
  await database.db.pool.query(
    `UPDATE worker SET "heartbeatAt" = now() - interval '2 min' WHERE id = 'dead'`,
  );
});
afterAll(async () => {
  await test.close();
  await database.close();
  await folder.remove();
});

describe("workers", () => {
  it("are those that are alive, with their devices, told to every member", async () => {
    const viewer = await test.addMember(test.owner.organizationId, "viewer");
    const answer = await test.query(QUERY, {}, bearer(viewer.apiKey));
    expect(answer.errors).toEqual([]);
    const { id: name, ...rest } = device;
    const devices = [{ ...rest, name, kind: "COMPILED" }];
    expect(answer.data).toEqual({
      workers: [{ id: "alive", hostname: "host", version: "0.1.0", devices }],
    });
  });

  it("are all told where one of another version has devices of an unknown kind and state", async () => {
    await database.db.pool.query(
      `INSERT INTO worker (id, hostname, version, devices) VALUES ('newer', 'other', '9.0.0', $1)`,
      [JSON.stringify([{ ...device, kind: "photonic", state: "WARMING_UP" }, device])],
    );
    const answer = await test.query<{ workers: { id: string; devices: object[] }[] }>(QUERY);
    expect(answer.errors).toEqual([]);
    expect(answer.data?.workers.map(({ id }) => id)).toEqual(["alive", "newer"]);
    expect(answer.data?.workers[1]?.devices).toMatchObject([
      { name: "onnx-cpu", kind: "UNKNOWN", state: "UNKNOWN" },
      { name: "onnx-cpu", kind: "COMPILED", state: "READY" },
    ]);
    await database.db.pool.query("DELETE FROM worker WHERE id = 'newer'");
  });

  it("are not told to a stranger", async () => {
    const answer = await test.query(QUERY, {}, {});
    expect(answer.errors[0]!.extensions.code).toBe("UNAUTHENTICATED");
    expect(answer.text).not.toContain("host");
  });
});
