import { createHash, randomBytes } from "node:crypto";
import { readdir, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { MAX_WEIGHTS_BYTES } from "@engram/core";
import { makeTempFolder, startTestDatabase, type TempFolder, type TestDatabase } from "@engram/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodeGlobalId, uuidOf } from "../schema/global-id.ts";
import { bearer, startTestApi, type TestApi } from "../testing/test-api.ts";

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

interface Payload {
  upload: { id: string; url: string; isComplete: boolean; sizeBytes: number | null } | null;
  userErrors: { code: string; field: string | null }[];
}

async function create(input: object): Promise<Payload> {
  const answer = await test.query<{ createUpload: Payload }>(
    `mutation ($input: CreateUploadInput!) { createUpload(input: $input) {
      upload { id url isComplete sizeBytes } userErrors { code field } } }`,
    {
      input: { projectId: encodeGlobalId("Project", test.owner.projectId), fileName: "scene.tar", ...input },
    },
  );
  expect(answer.errors).toEqual([]);
  return answer.data!.createUpload;
}

async function complete(input: object): Promise<Payload> {
  const answer = await test.query<{ completeUpload: Payload }>(
    `mutation ($input: CompleteUploadInput!) { completeUpload(input: $input) {
      upload { id url isComplete sizeBytes } userErrors { code field } } }`,
    { input },
  );
  expect(answer.errors).toEqual([]);
  return answer.data!.completeUpload;
}

const TUS = { "tus-resumable": "1.0.0" };

function send(url: string, offset: number, bytes: Uint8Array, headers: Record<string, string> = {}) {
  return fetch(url, {
    method: "PATCH",
    headers: {
      ...TUS,
      ...bearer(test.apiKey),
      "content-type": "application/offset+octet-stream",
      "upload-offset": String(offset),
      ...headers,
    },
    body: new Uint8Array(bytes),
  });
}

describe("an upload", () => {
  it("comes in parts, goes on where it was cut off, and becomes a blob by its hash", async () => {
    const bytes = randomBytes(50_000);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    const { upload } = await create({ sizeBytes: bytes.length });
    expect(upload).toMatchObject({ isComplete: false, sizeBytes: null });
    const url = upload!.url;
    expect((await send(url, 0, bytes.subarray(0, 20_000))).status).toBe(204);
    expect((await complete({ uploadId: upload!.id })).userErrors[0]?.code).toBe("CONFLICT");
    const head = await fetch(url, { method: "HEAD", headers: { ...TUS, ...bearer(test.apiKey) } });
    expect([head.headers.get("upload-offset"), head.headers.get("upload-length")]).toEqual([
      "20000",
      "50000",
    ]);
    expect((await send(url, 20_000, bytes.subarray(20_000))).status).toBe(204);

    const done = await complete({ uploadId: upload!.id, sha256: sha256.toUpperCase() });
    expect(done).toMatchObject({ upload: { isComplete: true, sizeBytes: 50_000 }, userErrors: [] });
    expect(Buffer.from(await test.storage.read(sha256)).equals(bytes)).toBe(true);
    expect(await complete({ uploadId: upload!.id })).toEqual(done);
    expect((await send(url, 0, bytes)).status).toBe(404);
    const left = await readdir(join(folder.path, "uploads"));
    expect(left.filter((name) => name.startsWith(uuidOf("Upload", upload!.id)!))).toEqual([]);
  });

  it("may say its length with its last part", async () => {
    const { upload } = await create({});
    expect((await send(upload!.url, 0, Buffer.from("abc"))).status).toBe(204);
    const last = await send(upload!.url, 3, Buffer.from("def"), { "upload-length": "6" });
    expect(last.status).toBe(204);
    expect((await complete({ uploadId: upload!.id })).upload?.sizeBytes).toBe(6);
  });

  it("whose hash is another is refused, and not stored", async () => {
    const { upload } = await create({ sizeBytes: 3 });
    await send(upload!.url, 0, Buffer.from("abd"));
    const refused = await complete({ uploadId: upload!.id, sha256: "0".repeat(64) });
    expect(refused).toEqual({ upload: null, userErrors: [{ code: "BAD_INPUT", field: "sha256" }] });
    expect(await test.storage.has(createHash("sha256").update("abd").digest("hex"))).toBe(false);
  });

  it("is limited in size, whether it says so or not", async () => {
    expect((await create({ sizeBytes: 1_000_001 })).userErrors).toEqual([
      { code: "LIMIT_EXCEEDED", field: "sizeBytes" },
    ]);
    const { upload } = await create({});
    expect((await send(upload!.url, 0, randomBytes(1_000_001))).status).toBe(413);
  });

  it("of weights is limited to what the widest model takes, whatever an upload may have", async () => {
    const options = { maxUploadBytes: 2 * MAX_WEIGHTS_BYTES };
    const roomy = await startTestApi({ db: database.db, url: database.url, folder: folder.path }, options);
    const answer = await roomy.query(
      `mutation ($input: CreateUploadInput!) { createUpload(input: $input) { userErrors { code message } } }`,
      {
        input: {
          projectId: encodeGlobalId("Project", test.owner.projectId),
          ...{ fileName: "mnad.safetensors", purpose: "WEIGHTS", sizeBytes: MAX_WEIGHTS_BYTES + 1 },
        },
      },
    );
    await roomy.close();
    expect(answer.data?.createUpload).toMatchObject({
      userErrors: [{ code: "LIMIT_EXCEEDED", message: expect.stringContaining("A file of weights") }],
    });
  });

  it.each(["", "../x", "a/b", "a\u0000b", "x".repeat(256)])("is not named %j", async (fileName) => {
    expect((await create({ fileName })).userErrors).toEqual([{ code: "BAD_INPUT", field: "fileName" }]);
  });
});

describe("what is left of uploads", () => {
  it("tells nothing of the server's paths where a file is damaged", async () => {
    const { upload } = await create({ sizeBytes: 3 });
    const file = join(folder.path, "uploads", uuidOf("Upload", upload!.id)!);
    await rm(file);
    await symlink(file, file);
    const response = await send(upload!.url, 0, Buffer.from("abc"));
    expect([response.status, await response.text()]).toEqual([500, "Something went wrong on the server.\n"]);
    expect(test.errors).toHaveLength(1);
    await rm(file);
  });

  it("does not keep the server from starting", async () => {
    const id = crypto.randomUUID();
    const notes = { id, size: 3, offset: 0, creation_date: "2020-01-01T00:00:00.000Z" };
    await writeFile(join(folder.path, "uploads", `${id}.json`), JSON.stringify(notes));
    const other = await startTestApi({ db: database.db, url: database.url, folder: folder.path });
    expect((await fetch(`${other.baseUrl}/health`)).status).toBe(200);
    await other.close();
  });
});

describe("the bytes of an upload", () => {
  it("are taken from members of its organization alone", async () => {
    const { upload } = await create({ sizeBytes: 3 });
    const viewer = await test.addMember(test.owner.organizationId, "viewer");
    const organization = await database.db.prisma.organization.create({ data: { name: "B", slug: "b" } });
    const stranger = await test.addMember(organization.id, "owner");
    const bytes = Buffer.from("abc");
    expect((await send(upload!.url, 0, bytes, { authorization: "" })).status).toBe(401);
    expect((await send(upload!.url, 0, bytes, bearer(viewer.apiKey))).status).toBe(404);
    expect((await send(upload!.url, 0, bytes, bearer(stranger.apiKey))).status).toBe(404);
    expect((await send(upload!.url, 0, bytes)).status).toBe(204);
  });

  it("cannot be read back, and no upload is made beside createUpload", async () => {
    const { upload } = await create({ sizeBytes: 3 });
    for (const method of ["GET", "POST", "DELETE"]) {
      const response = await fetch(upload!.url, { method, headers: { ...TUS, ...bearer(test.apiKey) } });
      expect([method, response.status]).toEqual([method, 405]);
    }
    const made = await fetch(`${test.baseUrl}/uploads`, {
      method: "POST",
      headers: { ...TUS, ...bearer(test.apiKey), "upload-length": "3" },
    });
    expect(made.status).toBe(404);
  });
});
