import { describe, expect, it } from "vitest";
import { readEnvironment } from "./env.ts";

const COMPLETE = {
  NODE_ENV: "test",
  DATABASE_URL: "postgres://user@127.0.0.1/engram",
  ENGRAM_BASE_URL: "https://engram.test",
  ENGRAM_SECRET: "x".repeat(32),
} as const;

describe("the environment of the API", () => {
  it("has defaults for what may have one; an empty variable counts as absent", () => {
    const env = readEnvironment({ ...COMPLETE, PORT: "", ENGRAM_IMPORT_ROOTS: "/a:/b:" });
    expect(env).toMatchObject({ port: 4000, host: "127.0.0.1", redisUrl: null });
    expect(env.api.importRoots).toEqual(["/a", "/b"]);
    expect(readEnvironment(COMPLETE).api.importRoots).toEqual([]);
  });

  it("is refused with all its faults in one sentence, and without the secret", () => {
    const faults = () =>
      readEnvironment({ ...COMPLETE, PORT: "many", ENGRAM_SECRET: "short", DATABASE_URL: "" });
    expect(faults).toThrow(/PORT.*ENGRAM_SECRET.*DATABASE_URL/);
    expect(faults).not.toThrow(/short,|"short"/);
  });
});
