import { mkdir, realpath, symlink } from "node:fs/promises";
import { join } from "node:path";
import { ingestInputSchema, trainInputSchema } from "@engram/core";
import type { DatasetVersion } from "@engram/db";
import {
  buildClip,
  buildDatasetVersion,
  buildModelVersion,
  buildScoringRun,
  makeTempFolder,
  startTestDatabase,
  type TempFolder,
  type TestDatabase,
} from "@engram/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodeGlobalId, uuidOf } from "../../schema/global-id.ts";
import { startTestApi, type TestApi } from "../../testing/test-api.ts";

let database: TestDatabase;
let folder: TempFolder;
let test: TestApi;
let version: DatasetVersion;

beforeAll(async () => {
  database = await startTestDatabase();
  folder = await makeTempFolder();
  for (const name of ["open/ped2", "closed"]) await mkdir(join(folder.path, name), { recursive: true });
  await symlink(join(folder.path, "closed"), join(folder.path, "open/way-out"));
  const importRoots = [join(folder.path, "open")];
  test = await startTestApi({ db: database.db, url: database.url, folder: folder.path }, { importRoots });
  version = await buildVersion();
  await buildClip(database.db, version, { split: "TRAIN" });
  await buildClip(database.db, version, { split: "TEST" });
});
afterAll(async () => {
  await test.close();
  await database.close();
  await folder.remove();
});

function buildVersion(): Promise<DatasetVersion> {
  const project = { organizationId: test.owner.organizationId, id: test.owner.projectId };
  return buildDatasetVersion(database.db, project);
}

interface Payload {
  job: { id: string; number: number; state: string; title: string } | null;
  userErrors: { code: string; field: string | null; message: string }[];
}

async function mutate(name: string, type: string, input: object): Promise<Payload> {
  const answer = await test.query<Record<string, Payload>>(
    `mutation ($input: ${type}!) { ${name}(input: $input) {
      job { id number state title } userErrors { code field message } } }`,
    { input },
  );
  expect(answer.errors).toEqual([]);
  return answer.data![name]!;
}

const ingest = (input: object) =>
  mutate("createIngestJob", "CreateIngestJobInput", {
    projectId: encodeGlobalId("Project", test.owner.projectId),
    datasetName: "Ped 2",
    ...input,
  });
const train = (input: object, datasetVersionId = version.id) =>
  mutate("createTrainJob", "CreateTrainJobInput", {
    datasetVersionId: encodeGlobalId("DatasetVersion", datasetVersionId),
    architecture: { mnadPrediction: {} },
    ...input,
  });

async function inputOf(payload: Payload): Promise<unknown> {
  const id = uuidOf("Job", payload.job!.id)!;
  return (await database.db.prisma.job.findUniqueOrThrow({ where: { id } })).input;
}

describe("createIngestJob", () => {
  it("takes a folder beneath an import root, by where it really is", async () => {
    const payload = await ingest({ source: { serverPath: join(folder.path, "open/../open/ped2") } });
    expect(payload.job).toMatchObject({ state: "QUEUED", title: "Import Ped 2" });
    expect(ingestInputSchema.parse(await inputOf(payload))).toEqual({
      source: { kind: "SERVER_PATH", path: await realpath(join(folder.path, "open/ped2")) },
      ...{ datasetName: "Ped 2", datasetSlug: "ped-2", layout: null, isDryRun: false },
    });
  });

  it.each(["closed", "open/../closed", "open/way-out", "open/missing", "openly"])(
    "refuses %s, and does not say whether it exists",
    async (path) => {
      const { job, userErrors } = await ingest({ source: { serverPath: join(folder.path, path) } });
      expect([job, userErrors[0]?.code, userErrors[0]?.field]).toEqual([
        null,
        "BAD_INPUT",
        "source.serverPath",
      ]);
      expect(userErrors[0]?.message).not.toContain(folder.path);
    },
  );

  it("refuses an upload that is not complete, and a name without letters", async () => {
    const upload = await database.db.prisma.upload.create({
      data: {
        ...{ organizationId: test.owner.organizationId, projectId: test.owner.projectId },
        ...{ createdById: test.owner.userId, fileName: "a.tar" },
      },
    });
    const source = { uploadId: encodeGlobalId("Upload", upload.id) };
    expect((await ingest({ source })).userErrors[0]?.code).toBe("CONFLICT");
    await database.db.prisma.upload.update({
      where: { id: upload.id },
      data: { completedAt: new Date(), blobHash: "0".repeat(64), sizeBytes: 1 },
    });
    expect((await ingest({ source, datasetName: "…" })).userErrors[0]).toMatchObject({
      field: "datasetName",
    });
    expect((await ingest({ source, isDryRun: true })).job?.title).toBe("Inspect Ped 2");
  });
});

describe("createTrainJob", () => {
  it("lays what is given over the preset, and names the model after data and architecture", async () => {
    const payload = await train({ preset: "TINY", architecture: { mnadPrediction: { epochs: 2 } } });
    const input = trainInputSchema.parse(await inputOf(payload));
    expect(input).toMatchObject({
      ...{ datasetVersionId: version.id, architecture: "MNAD_PREDICTION", calibration: "HOLD_OUT" },
      hyperparameters: { size: 64, width: 8, epochs: 2 },
    });
    const model = await database.db.prisma.model.findUniqueOrThrow({ where: { id: input.modelId } });
    expect(model.slug).toMatch(/-mnad-prediction$/);
    const again = trainInputSchema.parse(await inputOf(await train({})));
    expect(again.modelId).toBe(model.id);
  });

  it("trains the architecture that is given, from that one's own preset", async () => {
    const payload = await train({ architecture: { mnadReconstruction: { seed: 3 } } });
    const input = trainInputSchema.parse(await inputOf(payload));
    expect(input).toMatchObject({
      architecture: "MNAD_RECONSTRUCTION",
      hyperparameters: { lambda: 0.7, gamma: 0.015, lossCompactness: 0.01, seed: 3 },
    });
  });

  it("takes words and switches as hyper-parameters, and refuses a word that is none of the choices", async () => {
    const options = { psnrPeak: "FRAME_MAXIMUM", updateScope: "FRAME", flipHorizontal: true };
    const payload = await train({ architecture: { mnadPrediction: options } });
    const input = trainInputSchema.parse(await inputOf(payload));
    expect(input.hyperparameters).toMatchObject({ ...options, distanceForm: "MEAN_SQUARE" });
    const refused = await test.query(
      "mutation ($input: CreateTrainJobInput!) { createTrainJob(input: $input) { userErrors { code } } }",
      { input: { datasetVersionId: version.id, architecture: { mnadPrediction: { psnrPeak: "TWO" } } } },
    );
    expect(refused.errors[0]?.message).toMatch(/"TWO" does not exist in "PsnrPeak" enum/);
  });

  it("names the hyper-parameter that is out of range", async () => {
    const { job, userErrors } = await train({ architecture: { mnadPrediction: { width: 3 } } });
    expect(job).toBeNull();
    expect(userErrors[0]).toMatchObject({ code: "BAD_INPUT", field: "hyperparameters.width" });
  });

  it("refuses a version without training clips, with short ones only, or that is not ready", async () => {
    const empty = await buildVersion();
    expect((await train({}, empty.id)).userErrors[0]?.code).toBe("NO_TRAINING_CLIPS");
    await buildClip(database.db, empty, { split: "TRAIN", frameCount: 4 });
    expect((await train({}, empty.id)).userErrors[0]?.code).toBe("CLIP_TOO_SHORT");
    await database.db.prisma.datasetVersion.update({ where: { id: empty.id }, data: { state: "IMPORTING" } });
    expect((await train({}, empty.id)).userErrors[0]?.code).toBe("CONFLICT");
  });

  it("refuses single pictures where a detector looks at several frames, and names those that do not", async () => {
    const pictures = await buildVersion();
    const kind = "IMAGES";
    await buildClip(database.db, pictures, { split: "TRAIN", kind });
    await buildClip(database.db, pictures, { split: "TEST", kind });
    const refused = await train({}, pictures.id);
    expect(refused.userErrors[0]).toMatchObject({ code: "BAD_INPUT", field: "architecture" });
    expect(refused.userErrors[0]?.message).toMatch(/looks at 5 consecutive frames: take mnad-reconstruction/);
    expect((await train({ architecture: { mnadReconstruction: {} } }, pictures.id)).job).not.toBeNull();
    const footage = await buildModelVersion(database.db, version);
    const scored = await mutate("createScoreJob", "CreateScoreJobInput", {
      modelVersionId: encodeGlobalId("ModelVersion", footage.id),
      datasetVersionId: encodeGlobalId("DatasetVersion", pictures.id),
    });
    expect(scored.userErrors[0]).toMatchObject({ code: "BAD_INPUT", field: "architecture" });
  });

  it("submitted twice under one key is one job", async () => {
    const first = await train({ idempotencyKey: "once" });
    expect(await train({ idempotencyKey: "once" })).toEqual(first);
    const other = await ingest({
      source: { serverPath: join(folder.path, "open/ped2") },
      idempotencyKey: "once",
    });
    expect(other.userErrors[0]).toMatchObject({ code: "CONFLICT", field: "idempotencyKey" });
  });
});

describe("createScoreJob, createEvaluateJob, cancelJob", () => {
  it("make a run with its job, evaluate it once it is complete, and cancel what is queued at once", async () => {
    const model = await buildModelVersion(database.db, version);
    const scored = await mutate("createScoreJob", "CreateScoreJobInput", {
      modelVersionId: encodeGlobalId("ModelVersion", model.id),
      datasetVersionId: encodeGlobalId("DatasetVersion", version.id),
    });
    expect(scored.job?.state).toBe("QUEUED");
    const run = await database.db.prisma.scoringRun.findUniqueOrThrow({
      where: { jobId: uuidOf("Job", scored.job!.id)! },
    });
    expect(run).toMatchObject({ precision: "FP32", memory: "UPDATE" });
    const evaluate = () =>
      mutate("createEvaluateJob", "CreateEvaluateJobInput", {
        scoringRunId: encodeGlobalId("ScoringRun", run.id),
      });
    expect((await evaluate()).userErrors[0]?.code).toBe("CONFLICT");
    const canceled = await mutate("cancelJob", "CancelJobInput", { jobId: scored.job!.id });
    expect(canceled.job?.state).toBe("CANCELED");
    expect((await mutate("cancelJob", "CancelJobInput", { jobId: scored.job!.id })).job?.state).toBe(
      "CANCELED",
    );
    await database.db.prisma.scoringRun.update({ where: { id: run.id }, data: { state: "COMPLETE" } });
    expect((await evaluate()).job?.title).toBe(`Evaluate scoring run ${run.number}`);
  });

  it("keep the precision and the memory asked for in the run and in what the worker is told", async () => {
    const model = await buildModelVersion(database.db, version);
    const { job } = await mutate("createScoreJob", "CreateScoreJobInput", {
      modelVersionId: encodeGlobalId("ModelVersion", model.id),
      datasetVersionId: encodeGlobalId("DatasetVersion", version.id),
      ...{ precision: "INT8", memory: "FROZEN" },
    });
    const stored = await database.db.prisma.job.findUniqueOrThrow({
      where: { id: uuidOf("Job", job!.id)! },
      include: { scoringRun: true },
    });
    expect(stored.scoringRun).toMatchObject({ precision: "INT8", memory: "FROZEN" });
    expect(stored.input).toMatchObject({ precision: "INT8", memory: "FROZEN" });
  });

  it("refuse INT8 where the model's data has no clip left that tells what is normal", async () => {
    const emptied = await buildVersion();
    await buildClip(database.db, emptied, { split: "TRAIN", frameCount: 4 });
    const model = await buildModelVersion(database.db, emptied);
    const score = (precision: "FP32" | "INT8") =>
      mutate("createScoreJob", "CreateScoreJobInput", {
        modelVersionId: encodeGlobalId("ModelVersion", model.id),
        datasetVersionId: encodeGlobalId("DatasetVersion", version.id),
        precision,
      });
    const { job, userErrors } = await score("INT8");
    expect(job).toBeNull();
    expect(userErrors[0]).toMatchObject({ code: "BAD_INPUT", field: "precision" });
    expect((await score("FP32")).userErrors).toEqual([]);
  });

  it("refuse to score a version without test clips", async () => {
    const model = await buildModelVersion(database.db, version);
    const untested = await buildVersion();
    const { userErrors } = await mutate("createScoreJob", "CreateScoreJobInput", {
      modelVersionId: encodeGlobalId("ModelVersion", model.id),
      datasetVersionId: encodeGlobalId("DatasetVersion", untested.id),
    });
    expect(userErrors[0]).toMatchObject({ code: "BAD_INPUT", field: "datasetVersionId" });
  });
});

describe("a job", () => {
  it("tells what it made: a run for SCORE", async () => {
    const model = await buildModelVersion(database.db, version);
    const { scoringRun, job } = await buildScoringRun(database.db, model);
    const answer = await test.query(
      `query ($number: Int!) { project { job(number: $number) {
        kind scoringRun { number } datasetVersion { number } scoreResult { scoredFrames } events { toState } } } }`,
      { number: job.number },
    );
    expect(answer.data).toEqual({
      project: {
        job: {
          kind: "SCORE",
          scoringRun: { number: scoringRun.number },
          ...{ datasetVersion: { number: 1 }, scoreResult: null, events: [{ toState: "QUEUED" }] },
        },
      },
    });
  });
});
