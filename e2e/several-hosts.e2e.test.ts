// The same code with a database server, Redis and a shared folder instead of the embedded defaults: one platform that
// takes the work, and a worker elsewhere that knows only the three addresses.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { writeSyntheticScene } from "@engram/media";
import { hasRedis, startEmptyDatabase, startTestRedis } from "@engram/testkit";
import { describe, expect, it } from "vitest";
import { engram, startPlatform, temporaryFolder } from "./platform-process.ts";

describe.skipIf(!hasRedis())("several hosts", () => {
  it("take an import, a training, a scoring and an evaluation through Redis and a database server", async () => {
    const work = await temporaryFolder();
    const database = await startEmptyDatabase();
    const redis = await startTestRedis();
    const addresses = {
      DATABASE_URL: database.url,
      REDIS_URL: redis.url,
      STORAGE_URL: pathToFileURL(join(work.path, "blobs")).href,
      ENGRAM_SECRET: "a secret of more than thirty-two characters",
    };
    const data = join(work.path, "data");
    const scene = join(work.path, "scene");
    await writeSyntheticScene(scene, {
      width: 96,
      height: 64,
      trainingClips: 1,
      trainingFrames: 40,
      testFrames: 12,
    });
    const platform = await startPlatform(data, addresses);
    const worker = spawn(process.execPath, ["--import", "tsx", "apps/worker/src/main.ts"], {
      env: { ...process.env, ...addresses, LOG_LEVEL: "error" },
      stdio: "ignore",
    });
    try {
      const small = ["--preset", "tiny", "--size", "32", "--width", "4", "--epochs", "1"];
      const commands = [
        ["import", scene, "--name", "scene"],
        ["train", "scene", "--architecture", "mnad-prediction", ...small, "--watch"],
        ["score", "scene", "--watch"],
        ["evaluate", "scene"],
      ];
      for (const command of commands) {
        const outcome = await engram(data, ...command);
        expect(outcome, outcome.stderr).toMatchObject({ code: 0 });
      }
    } finally {
      const ended = once(worker, "exit");
      worker.kill("SIGTERM");
      await ended;
      await platform.stop();
      await redis.stop();
      await database.close();
      await work.remove();
    }
  });
});
