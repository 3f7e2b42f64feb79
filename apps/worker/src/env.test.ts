import { describe, expect, it } from "vitest";
import { readEnv } from "./env.ts";

const required = { NODE_ENV: "test", DATABASE_URL: "postgres://db", STORAGE_URL: "/blobs" } as const;

describe("readEnv", () => {
  it("fills in defaults, and takes an empty variable as one that is not set", () => {
    expect(readEnv({ ...required, REDIS_URL: "", ENGRAM_IMPORT_ROOTS: "" })).toEqual({
      ...{ databaseUrl: "postgres://db", redisUrl: undefined, storageUrl: "/blobs", device: "auto" },
      ...{ importRoots: [], concurrency: { compute: 1, ingest: 1 }, logLevel: "info" },
    });
  });

  it("splits the import roots at colons", () => {
    expect(readEnv({ ...required, ENGRAM_IMPORT_ROOTS: "/a:/b/" }).importRoots).toEqual(["/a", "/b"]);
  });

  it("names every variable at fault at once", () => {
    const faulty = { NODE_ENV: "test", ENGRAM_COMPUTE_CONCURRENCY: "0", LOG_LEVEL: "loud" } as const;
    expect(() => readEnv(faulty)).toThrow(/DATABASE_URL.*STORAGE_URL.*ENGRAM_COMPUTE_CONCURRENCY.*LOG_LEVEL/);
  });
});
