import { importModelInputSchema, MAX_WEIGHTS_BYTES, type UploadPurpose } from "@engram/core";
import type { DatasetVersion } from "@engram/db";
import {
  buildClip,
  buildDatasetVersion,
  buildModelVersion,
  makeTempFolder,
  startTestDatabase,
  type TempFolder,
  type TestDatabase,
} from "@engram/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodeGlobalId, uuidOf } from "../../schema/global-id.ts";
import { bearer, startTestApi, type TestApi } from "../../testing/test-api.ts";

let database: TestDatabase;
let folder: TempFolder;
let test: TestApi;
let version: DatasetVersion;

beforeAll(async () => {
  database = await startTestDatabase();
  folder = await makeTempFolder();
  test = await startTestApi({ db: database.db, url: database.url, folder: folder.path });
  version = await buildDatasetVersion(database.db, project(), { slug: "ped2" });
  await buildClip(database.db, version, { split: "TRAIN" });
});
afterAll(async () => {
  await test.close();
  await database.close();
  await folder.remove();
});

const project = () => ({ organizationId: test.owner.organizationId, id: test.owner.projectId });

interface Payload {
  job: { id: string; kind: string; title: string; state: string } | null;
  userErrors: { code: string; field: string | null; message: string }[];
}

const IMPORT = `mutation ($input: ImportModelInput!) { importModel(input: $input) {
  job { id kind title state } userErrors { code field message } } }`;

async function uploadFor(purpose: UploadPurpose, more: { sizeBytes?: number; completedAt?: null } = {}) {
  const { id } = await database.db.prisma.upload.create({
    data: {
      ...{ organizationId: test.owner.organizationId, projectId: test.owner.projectId, purpose },
      ...{ createdById: test.owner.userId, fileName: "MNAD half.safetensors" },
      ...{ blobHash: "0".repeat(64), sizeBytes: 1, completedAt: new Date(), ...more },
    },
  });
  return encodeGlobalId("Upload", id);
}

const inputOf = (uploadId: string, more: object = {}) => ({
  ...{ uploadId, datasetVersionId: encodeGlobalId("DatasetVersion", version.id), ...more },
});

async function importModel(uploadId: string, more: object = {}): Promise<Payload> {
  const answer = await test.query<{ importModel: Payload }>(IMPORT, { input: inputOf(uploadId, more) });
  expect(answer.errors).toEqual([]);
  return answer.data!.importModel;
}

describe("importModel", () => {
  it("queues a job whose form is left to the weights, named after the file, once for each key", async () => {
    const upload = await uploadFor("WEIGHTS");
    const { job } = await importModel(upload, { idempotencyKey: "a" });
    expect(job).toMatchObject({
      ...{ kind: "IMPORT_MODEL", state: "QUEUED", title: "Import model MNAD half for ped2 version 1" },
    });
    const row = await database.db.prisma.job.findUniqueOrThrow({ where: { id: uuidOf("Job", job!.id)! } });
    expect(importModelInputSchema.parse(row.input)).toEqual({
      ...{ uploadId: uuidOf("Upload", upload), datasetVersionId: version.id },
      ...{ architecture: null, width: null, items: null, size: 256 },
      ...{ modelName: "MNAD half", modelSlug: "mnad-half" },
    });
    expect((await importModel(upload, { idempotencyKey: "a" })).job?.id).toBe(job?.id);
  });

  it("refuses an upload that is not complete, is too large or is for a data set, and what no model can be", async () => {
    const field = "uploadId";
    const refused = async (upload: string, more: object = {}) =>
      (await importModel(upload, more)).userErrors[0];
    expect(await refused(await uploadFor("WEIGHTS", { completedAt: null }))).toMatchObject({
      field,
      code: "CONFLICT",
    });
    expect(await refused(await uploadFor("WEIGHTS", { sizeBytes: MAX_WEIGHTS_BYTES + 1 }))).toMatchObject({
      ...{ field, code: "LIMIT_EXCEEDED" },
    });
    expect(await refused(await uploadFor("DATASET"))).toMatchObject({
      ...{ field, code: "BAD_INPUT", message: expect.stringContaining("is for DATASET") },
    });
    const weights = await uploadFor("WEIGHTS");
    expect(await refused(weights, { size: 20 })).toMatchObject({ code: "BAD_INPUT" });
    expect(await refused(weights, { modelName: "…" })).toMatchObject({ field: "modelName" });
    const empty = await buildDatasetVersion(database.db, project());
    const datasetVersionId = encodeGlobalId("DatasetVersion", empty.id);
    expect(await refused(weights, { datasetVersionId })).toMatchObject({ code: "NO_TRAINING_CLIPS" });
  });

  it("refuses a predictor for single pictures, and leaves to the worker what only the weights can tell", async () => {
    const pictures = await buildDatasetVersion(database.db, project(), { slug: "hazelnut" });
    await buildClip(database.db, pictures, { split: "TRAIN", kind: "IMAGES", frameCount: 9 });
    const datasetVersionId = encodeGlobalId("DatasetVersion", pictures.id);
    const weights = await uploadFor("WEIGHTS");
    const { userErrors } = await importModel(weights, { datasetVersionId, architecture: "MNAD_PREDICTION" });
    expect(userErrors[0]).toMatchObject({ code: "BAD_INPUT", field: "architecture" });
    for (const architecture of ["MNAD_RECONSTRUCTION", null]) {
      expect((await importModel(weights, { datasetVersionId, architecture })).userErrors).toEqual([]);
    }
  });

  it("is not for viewers, and weights are nothing that a data set is imported from", async () => {
    const upload = await uploadFor("WEIGHTS");
    const { apiKey } = await test.addMember(test.owner.organizationId, "viewer");
    const answer = await test.query(IMPORT, { input: inputOf(upload) }, bearer(apiKey));
    expect(answer.errors[0]?.extensions.code).toBe("FORBIDDEN");
    const ingest = await test.query<{ createIngestJob: Payload }>(
      `mutation ($input: CreateIngestJobInput!) { createIngestJob(input: $input) {
        job { id } userErrors { code field message } } }`,
      {
        input: {
          projectId: encodeGlobalId("Project", test.owner.projectId),
          ...{ datasetName: "Weights", source: { uploadId: upload } },
        },
      },
    );
    expect(ingest.data?.createIngestJob.userErrors[0]).toMatchObject({
      ...{ code: "BAD_INPUT", field: "source.uploadId" },
    });
  });

  it("makes a version that says which file it came from; one that was trained here names none", async () => {
    const trained = await buildModelVersion(database.db, version);
    const imported = await buildModelVersion(database.db, version);
    const importedFrom = { fileName: "mnad.safetensors", sha256: "f".repeat(64), sizeBytes: 62_600_000 };
    await database.db.prisma.modelVersion.update({ where: { id: imported.id }, data: { importedFrom } });
    const originOf = async (id: string) => {
      const answer = await test.query<{ node: { importedFrom: unknown } }>(
        "query ($id: ID!) { node(id: $id) { ... on ModelVersion { importedFrom { fileName sha256 sizeBytes } } } }",
        { id: encodeGlobalId("ModelVersion", id) },
      );
      return answer.data?.node.importedFrom;
    };
    expect(await originOf(imported.id)).toEqual(importedFrom);
    expect(await originOf(trained.id)).toBeNull();
  });
});
