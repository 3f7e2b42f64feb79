import { saveModelExport } from "@engram/db";
import {
  buildDatasetVersion,
  buildModelVersion,
  buildProject,
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

beforeAll(async () => {
  database = await startTestDatabase();
  folder = await makeTempFolder();
  test = await startTestApi({ db: database.db, url: database.url, folder: folder.path });
});
afterAll(async () => {
  await test.close();
  await database.close();
  await folder.remove();
});

const parity = { frames: 16, tolerance: 1e-4, differences: { predictionError: 2e-7, errorMap: 3e-6 } };

async function buildVersion(
  project = { organizationId: test.owner.organizationId, id: test.owner.projectId },
) {
  const version = await buildModelVersion(database.db, await buildDatasetVersion(database.db, project));
  const { slug } = await database.db.prisma.model.findUniqueOrThrow({ where: { id: version.modelId } });
  return { ...version, slug };
}

interface Payload {
  job: { id: string; title: string; state: string; modelExport: { downloadUrl: string } | null } | null;
  userErrors: { code: string; field: string | null }[];
}

const EXPORT = `mutation ($input: ExportModelInput!) { exportModel(input: $input) {
  job { id title state modelExport { downloadUrl } } userErrors { code field } } }`;

async function exportModel(versionId: string, more: object = {}): Promise<Payload> {
  const input = { modelVersionId: encodeGlobalId("ModelVersion", versionId), ...more };
  const answer = await test.query<{ exportModel: Payload }>(EXPORT, { input });
  expect(answer.errors).toEqual([]);
  return answer.data!.exportModel;
}

/** The version's export, as a worker leaves it. */
async function buildExport(version: { readonly id: string }) {
  const { job } = await exportModel(version.id);
  const { hash, sizeBytes } = await test.storage.put(Buffer.from(`the archive of ${version.id}`));
  return saveModelExport(database.db, {
    ...{ organizationId: test.owner.organizationId, projectId: test.owner.projectId },
    ...{ modelVersionId: version.id, jobId: uuidOf("Job", job!.id)!, format: "ONNX", sizeBytes, parity },
    bundleHash: hash,
  });
}

const get = (path: string, headers: Record<string, string> = bearer(test.apiKey)) =>
  fetch(test.baseUrl + path, { headers });

describe("exportModel", () => {
  it("queues a job that says what it exports, and gives the same one to whoever asks again", async () => {
    const version = await buildVersion();
    const { job } = await exportModel(version.id, { idempotencyKey: "a" });
    expect(job).toMatchObject({ state: "QUEUED", modelExport: null });
    expect(job?.title).toBe(`Export ${version.slug} version 1 as ONNX`);
    expect((await exportModel(version.id, { idempotencyKey: "b" })).job?.id).toBe(job?.id);
    await test.query("mutation ($id: ID!) { cancelJob(input: { jobId: $id }) { job { id } } }", {
      id: job!.id,
    });
    expect((await exportModel(version.id)).job?.id).not.toBe(job?.id);
  });

  it("knows no version of others, and is not for viewers", async () => {
    const foreign = await buildVersion(await buildProject(database.db));
    expect(await exportModel(foreign.id)).toMatchObject({
      job: null,
      userErrors: [{ code: "NOT_FOUND", field: "modelVersionId" }],
    });
    const { apiKey } = await test.addMember(test.owner.organizationId, "viewer");
    const input = { modelVersionId: encodeGlobalId("ModelVersion", (await buildVersion()).id) };
    const answer = await test.query(EXPORT, { input }, bearer(apiKey));
    expect(answer.errors[0]?.extensions.code).toBe("FORBIDDEN");
  });
});

describe("an export", () => {
  it("is found from its version and its job, with its parity and where to fetch it", async () => {
    const version = await buildVersion();
    const { id, bundleHash } = await buildExport(version);
    const downloadUrl = `/media/exports/${id}`;
    const answer = await test.query(
      `query ($id: ID!) { node(id: $id) { ... on ModelVersion { exports(first: 5) { nodes {
        format sizeBytes sha256 downloadUrl modelVersion { number } job { kind }
        parity { frames tolerance differences { output largest } } } } } } }`,
      { id: encodeGlobalId("ModelVersion", version.id) },
    );
    expect(answer.errors).toEqual([]);
    expect(answer.data).toEqual({
      node: {
        exports: {
          nodes: [
            {
              ...{ format: "ONNX", sizeBytes: `the archive of ${version.id}`.length, sha256: bundleHash },
              ...{ downloadUrl, modelVersion: { number: 1 }, job: { kind: "EXPORT" } },
              parity: {
                ...{ frames: 16, tolerance: 1e-4 },
                differences: [
                  { output: "errorMap", largest: 3e-6 },
                  { output: "predictionError", largest: 2e-7 },
                ],
              },
            },
          ],
        },
      },
    });
    expect((await exportModel(version.id)).job?.modelExport).toEqual({ downloadUrl });
  });

  it("comes as a file to be saved, under the name of its model", async () => {
    const version = await buildVersion();
    const { id, sizeBytes } = await buildExport(version);
    const response = await get(`/media/exports/${id}`);
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-type": "application/x-tar",
      "content-disposition": `attachment; filename=${version.slug}-v1-onnx.tar`,
      "content-length": String(sizeBytes),
      "cache-control": "private, no-store",
      "x-content-type-options": "nosniff",
    });
    expect(await response.text()).toBe(`the archive of ${version.id}`);
  });

  it("is for members of its organization alone; what is not there looks the same", async () => {
    const { id } = await buildExport(await buildVersion());
    const organization = await database.db.prisma.organization.create({ data: { name: "B", slug: "b" } });
    const stranger = await test.addMember(organization.id, "owner");
    const viewer = await test.addMember(test.owner.organizationId, "viewer");
    expect((await get(`/media/exports/${id}`, {})).status).toBe(401);
    expect((await get(`/media/exports/${id}`, bearer(stranger.apiKey))).status).toBe(404);
    expect((await get(`/media/exports/${id}`, bearer(viewer.apiKey))).status).toBe(200);
    for (const unknown of [crypto.randomUUID(), "nonsense", "%2e%2e"]) {
      expect((await get(`/media/exports/${unknown}`)).status).toBe(404);
    }
    const node = await test.query(
      "query ($id: ID!) { node(id: $id) { __typename } }",
      { id: encodeGlobalId("ModelExport", id) },
      bearer(stranger.apiKey),
    );
    expect(node.data).toEqual({ node: null });
  });
});
