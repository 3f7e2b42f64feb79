import { createHash } from "node:crypto";
import {
  calibrationSchema,
  type ImportModelInput,
  importedFromSchema,
  MAX_WEIGHTS_BYTES,
  trainingMetricsSchema,
  type UploadPurpose,
} from "@engram/core";
import { type Job, requestJobCancel } from "@engram/db";
import { publishedSpecs, readModelCheckpoint, readPublishedWeights } from "@engram/detectors";
import { encodeSafetensors } from "@engram/engine";
import { mulberry32 } from "@engram/numerics";
import { buildClip, buildDatasetVersion, startTestDatabase } from "@engram/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ingestScene, newScoringRun } from "../../testing/pipeline.ts";
import { ingestInput, type Rig, startRig } from "../../testing/rig.ts";
import { evaluate } from "../evaluate/handler.ts";
import { exportModelVersion } from "../export/handler.ts";
import { ingest } from "../ingest/handler.ts";
import { openCheckpoint } from "../open-checkpoint.ts";
import { score } from "../score/handler.ts";
import { importModel } from "./handler.ts";

let rig: Rig;
let scene: string;

beforeAll(async () => {
  rig = await startRig(await startTestDatabase());
  scene = await ingestScene(rig, "scene");
});
afterAll(() => rig.close());

type Form = Parameters<typeof publishedSpecs>[0];
const SMALL: Form = { architecture: "MNAD_PREDICTION", width: 4, items: 3 };

/** A state dict of the published code, of random numbers: small ones, and positive where they are variances. */
function stateDict(form: Form): Buffer {
  const draw = mulberry32(1);
  const tensors = Object.entries(publishedSpecs(form)).map(([name, spec]) => {
    const length = spec.shape.reduce((product, side) => product * side, 1);
    const number = () => (name.endsWith("running_var") ? 0.5 + draw() : 0.2 * (draw() - 0.5));
    return [name, { ...spec, data: Float32Array.from({ length }, number) }] as const;
  });
  return Buffer.concat(encodeSafetensors(Object.fromEntries(tensors)));
}

async function uploadOf(content: Buffer, purpose: UploadPurpose = "WEIGHTS"): Promise<string> {
  const { hash: blobHash, sizeBytes } = await rig.blobs.put(content);
  const { id } = await rig.db.prisma.upload.create({
    data: {
      ...{ ...rig.owner, createdById: rig.owner.projectId, fileName: "mnad.safetensors", purpose },
      ...{ blobHash, sizeBytes, completedAt: new Date() },
    },
  });
  return id;
}

const inputOf = (uploadId: string, more: Partial<ImportModelInput> = {}): ImportModelInput => ({
  ...{ uploadId, datasetVersionId: scene, modelName: "Published", modelSlug: "published" },
  ...{ architecture: null, width: null, items: null, size: 32 },
  ...more,
});

async function run(content: Buffer, more: Partial<ImportModelInput> = {}) {
  const input = inputOf(await uploadOf(content), more);
  const job = await rig.claimJob(await rig.createJob("IMPORT_MODEL", input));
  const context = await rig.contextOf(job);
  const { modelVersionId } = await importModel(context, input);
  const where = { id: modelVersionId };
  const version = await rig.db.prisma.modelVersion.findUniqueOrThrow({ where, include: { model: true } });
  return { job, context, version };
}

describe("import of a model", () => {
  it("stores the file's own numbers as a version of its architecture, and says where they come from", async () => {
    const file = stateDict(SMALL);
    const { job, context, version } = await run(file);
    expect(version).toMatchObject({
      number: 1,
      trainJobId: job.id,
      model: { architecture: "MNAD_PREDICTION" },
    });
    expect(version.hyperparameters).toMatchObject({ size: 32, width: 4, items: 3, lambda: 0.6, gamma: 0.01 });
    expect(importedFromSchema.parse(version.importedFrom)).toEqual({
      ...{ fileName: "mnad.safetensors", sizeBytes: file.length },
      sha256: createHash("sha256").update(file).digest("hex"),
    });
    expect(trainingMetricsSchema.parse(version.metrics)).toMatchObject({ epochs: [], steps: 0 });
    const { state } = await readModelCheckpoint(await openCheckpoint(rig.blobs, version.checkpointHash));
    expect(state).toEqual(readPublishedWeights(file).state);
    expect([...new Set(context.reports.map(({ phase }) => phase))]).toEqual(["decode", "calibrate"]);
  });

  it("calibrates it on frames that are said to be training frames: the weights may have seen them", async () => {
    const calibration = calibrationSchema.parse((await run(stateDict(SMALL))).version.calibration);
    expect(calibration).toMatchObject({ source: "TRAINING_FRAMES", frameCount: 2 });
    expect(calibration.samples.PSNR?.every(Number.isFinite)).toBe(true);
  });

  it.each(["MNAD_PREDICTION", "MNAD_RECONSTRUCTION"] as const)(
    "gives a version of %s that is scored, evaluated and exported like any other",
    async (architecture) => {
      const { version } = await run(stateDict({ ...SMALL, architecture }), {
        modelSlug: architecture.toLowerCase(),
      });
      expect(version.model.architecture).toBe(architecture);
      const scoring = await newScoringRun(rig, version, scene);
      const scoreInput = {
        scoringRunId: scoring.run.id,
        modelVersionId: version.id,
        datasetVersionId: scene,
      };
      const contextFor = async (job: Job) => rig.contextOf(await rig.claimJob(job));
      const scored = await score(await contextFor(scoring.job), {
        ...scoreInput,
        ...{ precision: "FP32", memory: "UPDATE" },
      });
      expect(scored.scoredFrames).toBeGreaterThan(0);
      await rig.db.prisma.scoringRun.update({ where: { id: scoring.run.id }, data: { state: "COMPLETE" } });
      const evaluation = { scoringRunId: scoring.run.id };
      await evaluate(await contextFor(await rig.createJob("EVALUATE", evaluation)), evaluation);
      const order = { modelVersionId: version.id, format: "ONNX" as const };
      const exported = await exportModelVersion(
        await contextFor(await rig.createJob("EXPORT", order)),
        order,
      );
      expect(Math.max(...Object.values(exported.parity.differences))).toBeLessThan(1e-4);
    },
  );

  it("refuses another form than was said, another architecture under a taken name, and what is no file of weights", async () => {
    const file = stateDict(SMALL);
    const badInput = (message: RegExp) =>
      expect.objectContaining({ code: "BAD_INPUT", message: expect.stringMatching(message) });
    await expect(run(file, { width: 8 })).rejects.toEqual(badInput(/of another shape "/));
    await expect(run(file, { size: 20 })).rejects.toEqual(badInput(/hyperparameters\.size/));
    await expect(run(Buffer.from("no tensors"))).rejects.toEqual(badInput(/safetensors file is damaged/));
    await expect(run(stateDict({ ...SMALL, architecture: "MNAD_RECONSTRUCTION" }))).rejects.toMatchObject({
      code: "CONFLICT",
    });
    const blobs = { ...rig.blobs, sizeBytes: async () => MAX_WEIGHTS_BYTES + 1 };
    const input = inputOf(await uploadOf(file));
    const job = await rig.claimJob(await rig.createJob("IMPORT_MODEL", input));
    await expect(importModel(await rig.contextOf(job, { blobs }), input)).rejects.toMatchObject({
      code: "LIMIT_EXCEEDED",
    });
  });

  it("refuses a predictor for single pictures, which have no frames before them", async () => {
    const { organizationId, projectId } = rig.owner;
    const version = await buildDatasetVersion(rig.db, { organizationId, id: projectId });
    await buildClip(rig.db, version, { split: "TRAIN", kind: "IMAGES", frameCount: 40 });
    await rig.db.prisma.datasetVersion.update({ where: { id: version.id }, data: { state: "READY" } });
    await expect(run(stateDict(SMALL), { datasetVersionId: version.id })).rejects.toMatchObject({
      code: "BAD_INPUT",
      message: expect.stringContaining("mnad-prediction, which looks at 5 consecutive frames"),
    });
  });

  it("takes no upload that was made for a data set, as no import of one takes weights", async () => {
    const file = stateDict(SMALL);
    const input = inputOf(await uploadOf(file, "DATASET"));
    const context = await rig.contextOf(await rig.createJob("IMPORT_MODEL", input));
    await expect(importModel(context, input)).rejects.toThrow("The upload is for DATASET, not for WEIGHTS.");
    const source = { kind: "UPLOAD" as const, uploadId: await uploadOf(file) };
    const other = ingestInput("unused", { source, datasetSlug: "weights" });
    const ingestContext = await rig.contextOf(await rig.createJob("INGEST", other));
    await expect(ingest(ingestContext, other)).rejects.toThrow("The upload is for WEIGHTS, not for DATASET.");
  });

  it("ends within a frame of being canceled, and leaves no version", async () => {
    const stop = new AbortController();
    const input = inputOf(await uploadOf(stateDict(SMALL)), { modelSlug: "canceled" });
    const job = await rig.claimJob(await rig.createJob("IMPORT_MODEL", input));
    const context = await rig.contextOf(job, {
      signal: stop.signal,
      report: ({ phase }) => phase === "calibrate" && stop.abort(),
    });
    await expect(importModel(context, input)).rejects.toThrow();
    await requestJobCancel(rig.db, rig.owner.projectId, job.id);
    expect(await rig.db.prisma.modelVersion.count({ where: { trainJobId: job.id } })).toBe(0);
  });

  it("takes the place of what an earlier attempt of the job wrote", async () => {
    const { job, context, version } = await run(stateDict(SMALL), { modelSlug: "again" });
    const again = await importModel(
      context,
      inputOf(await uploadOf(stateDict(SMALL)), { modelSlug: "again" }),
    );
    expect(again.modelVersionId).toBe(version.id);
    expect(await rig.db.prisma.modelVersion.count({ where: { trainJobId: job.id } })).toBe(1);
  });
});
