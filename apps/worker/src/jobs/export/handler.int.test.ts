import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import { exportName, type Lane } from "@engram/core";
import { findClip, listClips, type ModelVersion, readScoreBlocks } from "@engram/db";
import { type Device, openDevice } from "@engram/engine";
import { decodeArchiveIndex, decodeFrame, readArchivedFrame, withChannels } from "@engram/media";
import { startTestDatabase } from "@engram/testkit";
import { extract } from "tar";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ingestScene, newScoringRun, trainInputOf, trainModel } from "../../testing/pipeline.ts";
import { type Rig, smallHyperparameters, startRig } from "../../testing/rig.ts";
import { score } from "../score/handler.ts";
import { exportModelVersion } from "./handler.ts";

const GUIDE = resolve(import.meta.dirname, "../../../../../docs/export.md");
const PICTURE = { width: 60, height: 40 };

let rig: Rig;
let scene: string;
let model: ModelVersion;

beforeAll(async () => {
  rig = await startRig(await startTestDatabase());
  scene = await ingestScene(rig, "scene");
  // Every frame updates the memory: scores that forgot it would differ from the second frame on.
  const hyperparameters = smallHyperparameters({ gamma: 1 });
  model = await trainModel(rig, await trainInputOf(rig, scene, { hyperparameters }));
});
afterAll(() => rig.close());

async function runExport(more: Parameters<Rig["contextOf"]>[1] = {}) {
  const input = { modelVersionId: model.id, format: "ONNX" as const };
  const job = await rig.claimJob(await rig.createJob("EXPORT", input));
  const context = await rig.contextOf(job, more);
  return { job, context, result: await exportModelVersion(context, input) };
}

/** The folder that a stored archive unpacks to. */
async function unpack(bundleHash: string): Promise<string> {
  const folder = await mkdtemp(join(rig.folder, "bundle-"));
  await pipeline(await rig.blobs.open(bundleHash), extract({ cwd: folder }));
  return join(folder, exportName("model", model.number, "ONNX"));
}

const readJson = async (folder: string, name: string) =>
  JSON.parse(await readFile(join(folder, name), "utf8"));

/** The clip's pictures as the guide asks for them: decoded, RGB, one behind the other. */
async function writeRawClip(clipId: string): Promise<string> {
  const clip = await findClip(rig.db, rig.owner.projectId, clipId);
  const archive = { hash: clip!.archiveHash!, index: decodeArchiveIndex(clip!.archiveIndex!) };
  const pictures = await Promise.all(
    Array.from({ length: clip!.frameCount }, async (_, frame) => {
      const picture = await decodeFrame((await readArchivedFrame(rig.blobs, archive, frame))!);
      expect(picture).toMatchObject(PICTURE);
      return withChannels(picture, 3).data;
    }),
  );
  const path = join(await mkdtemp(join(rig.folder, "clip-")), "clip.rgb");
  await writeFile(path, Buffer.concat(pictures));
  return path;
}

interface PrintedScore {
  readonly frame: number;
  readonly predictionError: number;
  readonly regionError: number;
  readonly featureDistance: number;
  readonly regularScore: number;
}

/** Runs the program of the guide from a folder in which Node finds onnxruntime-node and no other package. */
async function runGuide(bundle: string, clips: readonly string[]): Promise<Map<string, PrintedScore[]>> {
  const [, program] = /```js\n([\s\S]+?)```/.exec(await readFile(GUIDE, "utf8"))!;
  const folder = await mkdtemp(join(rig.folder, "guide-"));
  await mkdir(join(folder, "node_modules"));
  const runtime = dirname(createRequire(import.meta.url).resolve("onnxruntime-node/package.json"));
  await symlink(runtime, join(folder, "node_modules/onnxruntime-node"));
  await writeFile(join(folder, "score.mjs"), program!);
  const size = [PICTURE.width, PICTURE.height].map(String);
  const { stdout } = await promisify(execFile)(process.execPath, ["score.mjs", bundle, ...size, ...clips], {
    cwd: folder,
    env: { NODE_ENV: "production" },
  });
  const printed = new Map<string, PrintedScore[]>();
  for (const line of stdout.trim().split("\n")) {
    const [clip = "", ...figures] = line.split(" ");
    const [frame, predictionError, regionError, featureDistance, regularScore] = figures.map(Number) as [
      ...[number, number, number, number, number],
    ];
    const scores = printed.get(clip) ?? [];
    printed.set(clip, [...scores, { frame, predictionError, regionError, featureDistance, regularScore }]);
  }
  return printed;
}

function expectNear(what: string, came: number, expected: number): void {
  expect(Math.abs(came - expected), `${what}: ${came} and ${expected}`).toBeLessThanOrEqual(1e-4);
}

/** A device whose programs are off by a hundredth in one output. */
function skewed(device: Device): Device {
  return {
    ...device,
    async compile(step, initial) {
      const program = await device.compile(step, initial);
      return {
        outputs: program.outputs,
        readState: () => program.readState(),
        writeState: (state) => program.writeState(state),
        dispose: () => program.dispose(),
        async run(...given) {
          const outputs = await program.run(...given);
          return { ...outputs, featureDistance: Float32Array.of(outputs.featureDistance![0]! + 0.01) };
        },
      };
    },
  };
}

describe("export", () => {
  it("stores one archive whose manifest names every file, and the row that leads to it", async () => {
    const { job, context, result } = await runExport();
    const row = await rig.db.prisma.modelExport.findUniqueOrThrow({ where: { id: result.modelExportId } });
    expect(row).toMatchObject({
      jobId: job.id,
      modelVersionId: model.id,
      format: "ONNX",
      parity: result.parity,
    });
    expect(row.bundleHash).toBe(result.bundleHash);
    expect(Number(row.sizeBytes)).toBe(await rig.blobs.sizeBytes(result.bundleHash));

    const folder = await unpack(result.bundleHash);
    const manifest = await readJson(folder, "manifest.json");
    expect(manifest.files.map(({ name }: { name: string }) => name)).toEqual([
      ...["model.onnx", "weights.safetensors", "memory.safetensors", "preprocess.json"],
      ...["calibration.json", "policy.json", "metrics.json", "parity.json"],
    ]);
    for (const { name, sizeBytes, sha256 } of manifest.files) {
      const bytes = await readFile(join(folder, name));
      expect([bytes.length, createHash("sha256").update(bytes).digest("hex")], name).toEqual([
        sizeBytes,
        sha256,
      ]);
    }
    const { contentHash } = await rig.db.prisma.datasetVersion.findUniqueOrThrow({ where: { id: scene } });
    expect(manifest).toMatchObject({
      model: { slug: "model", version: model.number, architecture: "MNAD_PREDICTION" },
      dataset: { slug: "scene", version: 1, contentHash },
      ...{ codeVersion: "0.1.0", seed: 0, onnx: { opset: 18 } },
    });
    expect(await readJson(folder, "parity.json")).toEqual(result.parity);
    const done = context.reports.findLast(({ phase }) => phase === "compare");
    expect(done).toMatchObject({ unit: "frames", done: 16, total: 16 });
  });

  it("gives the same bytes every time", async () => {
    const [first, second] = [await runExport(), await runExport()];
    expect(second.result.bundleHash).toBe(first.result.bundleHash);
  });

  it("scores in a process that has onnxruntime-node and nothing of ours as the platform scored", async () => {
    const { job, run } = await newScoringRun(rig, model, scene);
    const input = { scoringRunId: run.id, modelVersionId: model.id, datasetVersionId: scene };
    await score(await rig.contextOf(await rig.claimJob(job)), {
      ...input,
      precision: "FP32",
      memory: "UPDATE",
    });
    const bundle = await unpack((await runExport()).result.bundleHash);

    const clips = await listClips(
      rig.db,
      { projectId: rig.owner.projectId, datasetVersionId: scene },
      { split: "TEST" },
    );
    const files = await Promise.all(clips.map(({ id }) => writeRawClip(id)));
    const printed = await runGuide(bundle, files);
    let compared = 0;
    for (const [index, { id, frameCount }] of clips.entries()) {
      const [block] = await readScoreBlocks(rig.db, { scoringRunId: run.id, clipId: id }, 0, 0);
      const lane = (name: Lane) =>
        block!.values.subarray(block!.lanes.indexOf(name) * frameCount).subarray(0, frameCount);
      for (const { frame, ...scores } of printed.get(files[index]!)!) {
        const { predictionError, regionError, featureDistance, regularScore } = scores;
        expectNear("PREDICTION_ERROR", lane("PREDICTION_ERROR")[frame]!, predictionError);
        expectNear("REGION_ERROR", lane("REGION_ERROR")[frame]!, regionError);
        expectNear("PSNR", lane("PSNR")[frame]!, 10 * Math.log10(1 / predictionError));
        expectNear("FEATURE_DISTANCE", lane("FEATURE_DISTANCE")[frame]!, featureDistance);
        expectNear("REGULAR_SCORE", lane("REGULAR_SCORE")[frame]!, regularScore);
        compared += 1;
      }
    }
    expect(compared).toBe(clips.length * (16 - 4));
  });

  it("writes nothing where the graph does not score as the detector does, and says which output differs", async () => {
    const rows = await rig.db.prisma.modelExport.count();
    const openSkewed = async () => skewed(await openDevice("onnx-cpu", { report: () => undefined }));
    await expect(runExport({ openDevice: openSkewed })).rejects.toMatchObject({
      code: "EXPORT_MISMATCH",
      message: expect.stringMatching(/"featureDistance" differs by 0\.0100/),
    });
    expect(await rig.db.prisma.modelExport.count()).toBe(rows);
  });
});
