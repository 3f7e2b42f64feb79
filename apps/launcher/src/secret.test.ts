import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadSecret } from "./secret.ts";

describe("the secret that signs sessions", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "engram-secret-"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it("is made once, and only its owner can read it", async () => {
    const made = await loadSecret(folder);
    expect(made.length).toBeGreaterThanOrEqual(32);
    expect(await loadSecret(folder)).toBe(made);
    expect((await stat(join(folder, "secret"))).mode & 0o777).toBe(0o600);
  });

  it("is never an empty one that a crash left behind", async () => {
    await writeFile(join(folder, "secret"), "");
    await expect(loadSecret(folder)).rejects.toThrow(/damaged/);
  });
});
