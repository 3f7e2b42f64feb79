import { availableParallelism } from "node:os";
import { describe, expect, it } from "vitest";
import { jobEnvironment, readEnv } from "./env.ts";

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

describe("jobEnvironment", () => {
  it("gives decoding a thread for every core, unless a number is set", () => {
    const { UV_THREADPOOL_SIZE: threads, ...others } = jobEnvironment(required);
    expect(Number(threads)).toBe(Math.max(4, availableParallelism()));
    expect(others).toEqual(required);
    expect(jobEnvironment({ ...required, UV_THREADPOOL_SIZE: "2" }).UV_THREADPOOL_SIZE).toBe("2");
  });
});
