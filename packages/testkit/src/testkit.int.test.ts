import { once } from "node:events";
import { createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { freePort } from "./free-port.ts";
import { startTestDatabase } from "./postgres.ts";
import { sharedPath } from "./requirements.ts";

describe("startTestDatabase", () => {
  it("gives each caller a migrated database of its own", async () => {
    const [one, other] = await Promise.all([startTestDatabase(), startTestDatabase()]);
    await one.db.prisma.organization.create({ data: { name: "One", slug: "one" } });
    expect(await one.db.prisma.organization.count()).toBe(1);
    expect(await other.db.prisma.organization.count()).toBe(0);
    await one.close();
    await other.close();
  });

  it("tells the queries that Prisma sends, so that tests can count them", async () => {
    const queries: string[] = [];
    const { db, close } = await startTestDatabase({ onQuery: (sql) => queries.push(sql) });
    await db.prisma.job.findMany();
    expect(queries).toHaveLength(1);
    await close();
  });
});

describe("freePort", () => {
  it("is free", async () => {
    const server = createServer().listen(await freePort(), "127.0.0.1");
    await once(server, "listening");
    server.close();
  });
});

describe("sharedPath", () => {
  it("is null where the data set is absent", () => {
    expect(sharedPath("no", "such", "data set")).toBeNull();
  });
});
