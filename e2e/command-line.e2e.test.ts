// What a user types, against a platform as `npm start` brings it up: the commands, and bad input to them.
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, stat, truncate, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { writeSyntheticScene } from "@engram/media";
import { sharedPath } from "@engram/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { engram, type RunningPlatform, startPlatform, temporaryFolder } from "./platform-process.ts";

const SMALL_SCENE = { width: 96, height: 64, trainingClips: 2, trainingFrames: 24, testFrames: 24 };
const MODEL = "scene-mnad-prediction";
const TINIEST_MODEL = ["--preset", "tiny", "--size", "32", "--width", "4", "--epochs", "1"];
const weights = sharedPath("reference/mnad_compact_reference.safetensors");

describe("the command line", () => {
  let work: { path: string; remove(): Promise<void> };
  let data: string;
  let scene: string;
  let platform: RunningPlatform;
  const run = (...args: string[]) => engram(data, ...args);

  beforeAll(async () => {
    work = await temporaryFolder();
    data = join(work.path, "data");
    scene = join(work.path, "scene");
    await writeSyntheticScene(scene, SMALL_SCENE);
    platform = await startPlatform(data);
  });
  afterAll(async () => {
    await platform?.stop();
    await work?.remove();
  });

  it("imports, trains, scores, shows a timeline and evaluates", async () => {
    const imported = await run("import", scene, "--name", "scene", "--json");
    expect(imported, imported.stderr).toMatchObject({ code: 0 });
    const { dataset, version, report } = JSON.parse(imported.stdout);
    expect({ dataset, version, layout: report.layout }).toEqual({
      dataset: "scene",
      version: 1,
      layout: "MNAD",
    });

    const trained = await run(
      "train",
      "scene",
      "--architecture",
      "mnad-prediction",
      ...TINIEST_MODEL,
      "--watch",
    );
    expect(trained, trained.stderr).toMatchObject({ code: 0 });
    expect(trained.stdout).toMatch(/@1: \d+ steps on .+, [\d.]+ ms per step/);

    const scored = await run("score", "scene", "--model", "latest", "--watch", "--json");
    expect(scored, scored.stderr).toMatchObject({ code: 0 });
    const testClips = report.clips.filter((clip: { split: string }) => clip.split === "TEST");
    expect(JSON.parse(scored.stdout).result.scoredFrames).toBe(
      testClips.length * (SMALL_SCENE.testFrames - 4),
    );

    const shown = await run("timeline", `scene/testing/${testClips[0].name}`, "--json");
    expect(shown, shown.stderr).toMatchObject({ code: 0 });
    const timeline = JSON.parse(shown.stdout);
    expect(timeline.frameCount).toBe(SMALL_SCENE.testFrames);
    expect(timeline.gaps).toEqual([{ startFrame: 0, endFrame: 3 }]);
    const psnr = timeline.lanes.find(({ lane }: { lane: string }) => lane === "PSNR");
    expect(psnr.mean.slice(0, 4)).toEqual([null, null, null, null]);
    expect(psnr.mean.slice(4).every((value: number) => value > 0 && value <= 100)).toBe(true);

    const evaluated = await run("evaluate", "scene", "--json");
    expect(evaluated, evaluated.stderr).toMatchObject({ code: 0 });
    const { evaluation } = JSON.parse(evaluated.stdout);
    expect(evaluation.frameAuroc.value).toBeGreaterThan(0);
    expect(evaluation.scoredFrames).toBe(testClips.length * (SMALL_SCENE.testFrames - 4));
  });

  it("shows what the worker can compute on, and what it takes by default", async () => {
    const listed = await run("devices", "--json");
    expect(listed, listed.stderr).toMatchObject({ code: 0 });
    const workers = JSON.parse(listed.stdout);
    expect(workers).toHaveLength(1);
    expect(workers[0].devices).toContainEqual(
      expect.objectContaining({ name: "onnx-cpu", state: "READY", gflops: expect.any(Number) }),
    );
    // On a machine with a GPU another one may be the default, and more may be installed.
    const { devices } = workers[0] as { devices: { name: string; state: string; isDefault: boolean }[] };
    expect(devices.filter(({ isDefault }) => isDefault)).toMatchObject([{ state: "READY" }]);
    const shown = await run("devices");
    expect(shown.stdout).toMatch(
      /^onnx-cpu +ready +(yes +)?[\d.]+ GB +[\d.]+ GFLOP\/s +ONNX Runtime [\d.]+/m,
    );
    for (const { name, state } of devices) {
      if (state === "NOT_INSTALLED") expect(shown.stdout).toMatch(new RegExp(`^${name} +not installed`, "m"));
    }
  });

  it("exports the model as files whose checksums hold, once for all who ask", async () => {
    const folder = join(work.path, "exports/scene");
    const exported = await run("export", MODEL, "--format", "onnx", "--output", folder, "--json");
    expect(exported, exported.stderr).toMatchObject({ code: 0 });
    const { job, model, version, parity } = JSON.parse(exported.stdout);
    expect({ model, version, tolerance: parity.tolerance }).toEqual({
      model: MODEL,
      version: 1,
      tolerance: 1e-4,
    });
    for (const { largest } of parity.differences) expect(largest).toBeLessThanOrEqual(1e-4);
    const manifest = JSON.parse(await readFile(join(folder, "manifest.json"), "utf8"));
    const names = manifest.files.map(({ name }: { name: string }) => name);
    expect((await readdir(folder)).sort()).toEqual(["manifest.json", ...names].sort());
    for (const { name, sha256 } of manifest.files) {
      const bytes = await readFile(join(folder, name));
      expect(createHash("sha256").update(bytes).digest("hex"), name).toBe(sha256);
    }

    const archive = join(work.path, "exports/scene.tar");
    const again = await run("export", `${MODEL}@1`, "--archive", "--output", archive);
    expect(again, again.stderr).toMatchObject({ code: 0 });
    expect(again.stdout).toContain(archive);
    const jobs = JSON.parse((await run("jobs", "--json")).stdout);
    const exports = jobs.filter(({ kind }: { kind: string }) => kind === "EXPORT");
    expect(exports).toMatchObject([
      { number: job, state: "SUCCEEDED", title: `Export ${MODEL} version 1 as ONNX` },
    ]);
    expect((await readdir(join(work.path, "exports"))).sort()).toEqual(["scene", "scene.tar"]);
  });

  it.skipIf(weights === null)("makes a model of published weights, and scores with it", async () => {
    const form = ["--dataset", "scene", "--size", "32", "--name", "published"];
    const imported = await run("import-model", weights!, ...form, "--watch", "--json");
    expect(imported, imported.stderr).toMatchObject({ code: 0 });
    const sha256 = createHash("sha256")
      .update(await readFile(weights!))
      .digest("hex");
    expect(JSON.parse(imported.stdout)).toMatchObject({
      ...{ model: "published", version: 1, calibration: { source: "TRAINING_FRAMES" } },
      importedFrom: { fileName: basename(weights!), sha256 },
    });
    const scored = await run("score", "scene", "--model", "published@1", "--watch");
    expect(scored, scored.stderr).toMatchObject({ code: 0 });
  });

  it("keeps its API key in a file that only its owner can read", async () => {
    expect((await stat(join(data, "cli-credentials.json"))).mode & 0o777).toBe(0o600);
    expect((await stat(join(data, "server.json"))).mode & 0o777).toBe(0o600);
  });

  const refusals: [what: string, args: () => Promise<string[]> | string[], sentence: RegExp][] = [
    [
      "an unknown architecture",
      () => ["train", "scene", "--architecture", "yolo"],
      /Unknown architecture "yolo"/,
    ],
    ["an unknown data set", () => ["score", "nowhere"], /no data set "nowhere"/],
    ["an unknown model", () => ["export", "nothing@1"], /no model version "nothing@1"/],
    [
      "a place for an export that is taken",
      () => ["export", MODEL, "--output", scene],
      /exists already: name another place/,
    ],
    [
      "a value out of range",
      () => ["train", "scene", "--architecture", "mnad-prediction", "--size", "50"],
      /size/,
    ],
    [
      "a folder that does not exist",
      () => ["import", join(work.path, "none"), "--name", "x"],
      /does not exist/,
    ],
    [
      "an empty folder",
      async () => {
        await mkdir(join(work.path, "empty"));
        return ["import", join(work.path, "empty"), "--name", "empty"];
      },
      /empty|no frames|nothing/i,
    ],
    [
      "a video that cannot be decoded",
      async () => {
        const folder = join(work.path, "videos");
        await mkdir(folder);
        await writeFile(join(folder, "broken.mp4"), Buffer.alloc(4096, 7));
        return ["import", folder, "--name", "videos"];
      },
      /broken\.mp4/,
    ],
    [
      "weights as torch.save writes them",
      async () => {
        const file = join(work.path, "pickle.safetensors");
        await writeFile(file, "PK\u0003\u0004archive/data.pkl");
        return ["import-model", file, "--dataset", "scene", "--watch"];
      },
      /torch\.save.*convert it to safetensors/,
    ],
    [
      "labels whose length is not the clip's",
      async () => {
        const folder = join(work.path, "mislabelled");
        await writeSyntheticScene(folder, SMALL_SCENE);
        const [clip] = await readdir(join(folder, "testing/frames"));
        const names = await readdir(join(folder, "testing/frames"));
        const labels = Object.fromEntries(
          names.map((name) => [name, Array(name === clip ? 7 : SMALL_SCENE.testFrames).fill(0)]),
        );
        await writeFile(join(folder, "frame_labels.json"), JSON.stringify(labels));
        return ["import", folder, "--name", "mislabelled"];
      },
      /7 .*24|24 .*7/,
    ],
  ];

  it.each(refusals)("refuses %s in one sentence, and exits with 1", async (_, args, sentence) => {
    const outcome = await run(...(await args()));
    expect(outcome.code).toBe(1);
    const last = outcome.stderr.trim().split("\n").at(-1) ?? "";
    expect(last).toMatch(sentence);
    expect(outcome.stderr).not.toMatch(/\n\s+at /);
  });

  it.each([
    [
      "a precision",
      ["score", "scene", "--precision", "fp16"],
      /'fp16' is invalid\. Allowed choices are fp32, int8\./,
    ],
    ["a format", ["export", MODEL, "--format", "tflite"], /'tflite' is invalid\. Allowed choices are onnx\./],
  ])(
    "refuses %s that there is not, names those that there are, and exits with 2",
    async (_, args, sentence) => {
      const outcome = await run(...args);
      expect(outcome).toMatchObject({ code: 2, stdout: "" });
      expect(outcome.stderr).toMatch(sentence);
      expect(outcome.stderr.trim().split("\n")).toHaveLength(1);
    },
  );

  it("puts a clip with a broken picture in quarantine, names it, and imports the rest", async () => {
    const folder = join(work.path, "damaged");
    await writeSyntheticScene(folder, SMALL_SCENE);
    const [clip] = await readdir(join(folder, "training/frames"));
    const frames = await readdir(join(folder, "training/frames", clip!));
    const broken = frames[10]!;
    await truncate(join(folder, "training/frames", clip!, broken), 100);
    const imported = await run("import", folder, "--name", "damaged");
    expect(imported, imported.stderr).toMatchObject({ code: 0 });
    expect(imported.stdout).toContain(broken);
    expect(imported.stdout).toMatch(/quarantined: /);
  });

  it("refuses to train where there is no training clip", async () => {
    const folder = join(work.path, "untrained");
    await writeSyntheticScene(folder, { ...SMALL_SCENE, trainingClips: 0 });
    await run("import", folder, "--name", "untrained");
    const outcome = await run(
      "train",
      "untrained",
      "--architecture",
      "mnad-prediction",
      ...TINIEST_MODEL,
      "--watch",
    );
    expect(outcome.code).toBe(1);
    expect(outcome.stderr).toMatch(/training clips?/i);
  });
});
