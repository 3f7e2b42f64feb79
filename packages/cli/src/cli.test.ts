import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parseLanes } from "./commands/timeline.ts";
import { loadApiKey, saveApiKey } from "./credentials.ts";
import { bytes, duration, measured, table } from "./output.ts";
import { createProgressLine } from "./progress-line.ts";
import { parseClipPath } from "./project.ts";
import { readSettings } from "./settings.ts";

describe("what a command names", () => {
  it("reads data set, split and clip, whose name may hold slashes", () => {
    expect(parseClipPath("ped2/testing/01")).toEqual({ datasetSlug: "ped2", split: "TEST", clip: "01" });
    expect(parseClipPath("gate/train/a/b")).toEqual({ datasetSlug: "gate", split: "TRAIN", clip: "a/b" });
  });

  it.each(["ped2", "ped2/testing", "ped2/elsewhere/01", "/testing/01", "ped2/testing/"])(
    "refuses %s",
    (path) => {
      expect(() => parseClipPath(path)).toThrow(/expected <data set>/);
    },
  );

  it("reads lanes as people write them and names those it knows when one is unknown", () => {
    expect(parseLanes("abnormality, feature-distance")).toEqual(["ABNORMALITY", "FEATURE_DISTANCE"]);
    expect(() => parseLanes("luck")).toThrow(/psnr/);
  });
});

describe("settings", () => {
  it.each(["engram.example", "ftp://engram.example", "http://"])("refuse %j as a server", (server) => {
    expect(() => readSettings({ server }, {})).toThrow(/no address of a server/);
  });

  it("take a server's address with or without a slash at its end", () => {
    expect(readSettings({ server: "http://engram.example/" }, {}).serverUrl).toBe("http://engram.example");
    expect(readSettings({}, { ENGRAM_URL: "" }).serverUrl).toBeNull();
  });
});

describe("credentials", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "engram-cli-"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it("keeps a key by server in a file that only its owner can read", async () => {
    const file = join(folder, "deep", "credentials.json");
    await saveApiKey(file, "https://a.example", "key-a");
    await saveApiKey(file, "https://b.example", "key-b");
    expect(await loadApiKey(file, "https://a.example")).toBe("key-a");
    expect(await loadApiKey(file, "https://b.example")).toBe("key-b");
    expect(await loadApiKey(file, "https://c.example")).toBeNull();
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it("says that a damaged file is damaged, without printing what is in it", async () => {
    const file = join(folder, "credentials.json");
    await writeFile(file, '{"https://a.example": {"apiKey": "secret"');
    const refused = loadApiKey(file, "https://a.example");
    await expect(refused).rejects.toThrow(/damaged/);
    await expect(refused).rejects.not.toThrow(/secret/);
  });
});

describe("output", () => {
  it("aligns numbers to the right and text to the left", () => {
    expect(
      table(
        ["clip", "frames"],
        [
          ["01", 5],
          ["longer", 120],
        ],
      ),
    ).toBe("clip    frames\n01           5\nlonger     120");
  });

  it("says that a figure is unknown, and why, instead of a number", () => {
    expect(measured({ value: null, reason: "one class only" })).toBe("unknown (one class only)");
    expect(measured({ value: 0.93406, reason: null })).toBe("0.9341");
  });

  it("writes times and sizes with their units", () => {
    expect([duration(900), duration(61_000), duration(3_720_000)]).toEqual(["1 s", "1 min 1 s", "1 h 2 min"]);
    expect([bytes(12), bytes(1500), bytes(2.5e9)]).toEqual(["12 B", "1.5 kB", "2.5 GB"]);
  });

  it("writes in a log at every change of phase, every ten seconds, and at the end", () => {
    const written: string[] = [];
    let time = 0;
    const stream = {
      isTTY: false,
      write: (text: string) => written.push(text),
    } as unknown as NodeJS.WriteStream;
    const line = createProgressLine(stream, () => time);
    line.update("decode", "decode 1");
    line.update("decode", "decode 2");
    time = 10_000;
    line.update("decode", "decode 3");
    line.update("decode", "decode 4");
    line.update("train", "train 1");
    line.end();
    expect(written).toEqual(["decode 1\n", "decode 3\n", "decode 4\n", "train 1\n"]);
  });
});
