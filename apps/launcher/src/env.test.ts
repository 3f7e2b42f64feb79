import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ENVIRONMENT_NAMES, REPOSITORY_ROOT, readEnvironment } from "./env.ts";

/** read by others than the launcher: the worker, the decoder, the commands */
const ELSEWHERE = [
  ...["ENGRAM_DEVICE", "ENGRAM_COMPUTE_CONCURRENCY", "ENGRAM_INGEST_CONCURRENCY", "FFMPEG_PATH"],
  ...["ENGRAM_URL", "ENGRAM_API_KEY"],
];

describe("the environment", () => {
  it("needs nothing: every setting has a default", () => {
    const config = readEnvironment({});
    expect(config).toMatchObject({
      port: 3000,
      host: "127.0.0.1",
      databaseUrl: null,
      redisUrl: null,
      importRoots: [],
    });
    expect(config.dataFolder).toBe(join(REPOSITORY_ROOT, "data"));
    expect(config.storageUrl).toMatch(/^file:.*\/data\/blobs$/);
  });

  it("takes an empty variable for one that is not set", () => {
    expect(readEnvironment({ DATABASE_URL: "", PORT: "" })).toEqual(readEnvironment({}));
  });

  it("names every variable at fault, at once", () => {
    const read = () => readEnvironment({ PORT: "high", DATABASE_URL: "here", ENGRAM_SECRET: "short" });
    expect(read).toThrow(/PORT.*ENGRAM_SECRET.*DATABASE_URL/s);
  });

  it("is told whole in .env.example", async () => {
    const text = await readFile(join(REPOSITORY_ROOT, ".env.example"), "utf8");
    const named = [...text.matchAll(/^(?:# )?([A-Z_]+)=/gm)].map((match) => match[1]);
    expect(new Set(named)).toEqual(new Set([...ENVIRONMENT_NAMES, ...ELSEWHERE]));
  });
});
