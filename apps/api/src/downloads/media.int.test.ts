import { promisify } from "node:util";
import { deflate } from "node:zlib";
import { writeClipScores } from "@engram/db";
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
import { encodeGlobalId } from "../schema/global-id.ts";
import { bearer, startTestApi, type TestApi } from "../testing/test-api.ts";

let database: TestDatabase;
let folder: TempFolder;
let test: TestApi;
let clipId: string;
let runId: string;

const PICTURES = ["first picture", "second"].map((text) => Buffer.from(text));
const MASK = Buffer.from("a mask");
/** 16 bits a pixel */
const MAP = Uint8Array.from({ length: 2 * 8 * 6 }, (_, i) => i * 2);

function indexOf(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  let offset = 0;
  const pairs = parts.flatMap((part) => {
    const pair = [offset, part.byteLength];
    offset += part.byteLength;
    return pair;
  });
  return new Uint8Array(Uint32Array.from(pairs).buffer);
}

beforeAll(async () => {
  database = await startTestDatabase();
  folder = await makeTempFolder();
  test = await startTestApi({ db: database.db, url: database.url, folder: folder.path });
  const project = { organizationId: test.owner.organizationId, id: test.owner.projectId };
  const version = await buildDatasetVersion(database.db, project);
  const archive = await test.storage.put(Buffer.concat(PICTURES));
  const masks = await test.storage.put(MASK);
  const clip = await buildClip(database.db, version, {
    frameCount: 2,
    archiveHash: archive.hash,
    archiveIndex: indexOf(...PICTURES),
    archiveMediaType: "image/jpeg",
    labels: {
      labels: Uint8Array.from([0, 1]),
      abnormalCount: 1,
      maskHash: masks.hash,
      maskIndex: indexOf(new Uint8Array(0), MASK),
    },
  });
  const { scoringRun } = await buildScoringRun(database.db, await buildModelVersion(database.db, version));
  const packed = await promisify(deflate)(MAP);
  const maps = await test.storage.put(packed);
  await writeClipScores(database.db, { scoringRunId: scoringRun.id, clipId: clip.id }, [
    {
      errorMaps: [
        {
          ...{ block: 0, width: 8, height: 6, frameCount: 2, retention: "KEEP" },
          ...{ scaleMax: 1, bitsPerPixel: 16 },
          ...{ blobHash: maps.hash, offsets: Uint32Array.from([0, 0, packed.byteLength]) },
        },
      ],
    },
  ]);
  clipId = clip.id;
  runId = scoringRun.id;
});
afterAll(async () => {
  await test.close();
  await database.close();
  await folder.remove();
});

function get(path: string, headers: Record<string, string> = bearer(test.apiKey)): Promise<Response> {
  return fetch(test.baseUrl + path, { headers });
}

describe("downloads", () => {
  it("serve each frame as it was stored, for browsers to keep", async () => {
    for (const [frame, picture] of PICTURES.entries()) {
      const response = await get(`/media/clips/${clipId}/frames/${frame}`);
      expect(response.status).toBe(200);
      expect(response.headers.get("content-type")).toBe("image/jpeg");
      expect(response.headers.get("cache-control")).toBe("private, max-age=31536000, immutable");
      expect(response.headers.get("x-content-type-options")).toBe("nosniff");
      expect(Buffer.from(await response.arrayBuffer()).equals(picture)).toBe(true);
    }
  });

  it("serve masks where there are some, at the addresses the schema tells", async () => {
    const answer = await test.query<{ node: { maskUrlTemplate: string; frameUrlTemplate: string } }>(
      "query ($id: ID!) { node(id: $id) { ... on Clip { maskUrlTemplate frameUrlTemplate } } }",
      { id: encodeGlobalId("Clip", clipId) },
    );
    const { maskUrlTemplate, frameUrlTemplate } = answer.data!.node;
    const mask = await get(maskUrlTemplate.replace("{frame}", "1"));
    expect(mask.headers.get("content-type")).toBe("image/png");
    expect(Buffer.from(await mask.arrayBuffer()).equals(MASK)).toBe(true);
    expect((await get(maskUrlTemplate.replace("{frame}", "0"))).status).toBe(404);
    expect((await get(frameUrlTemplate.replace("{frame}", "0"))).status).toBe(200);
  });

  it("serve an error map as raw bytes, of the size that the heat map tells", async () => {
    const query = `query ($clip: ID!, $run: ID!, $frame: Int!) { node(id: $clip) { ... on Clip {
      frameScore(scoringRunId: $run, frame: $frame) { heatMap { url width height scaleMax bitsPerPixel } } } } }`;
    const ids = { clip: encodeGlobalId("Clip", clipId), run: encodeGlobalId("ScoringRun", runId) };
    interface Score {
      node: {
        frameScore: { heatMap: { url: string; width: number; height: number; scaleMax: number } | null };
      };
    }
    const answer = await test.query<Score>(query, { ...ids, frame: 1 });
    const heatMap = answer.data!.node.frameScore.heatMap!;
    expect(heatMap).toMatchObject({ width: 8, height: 6, scaleMax: 1, bitsPerPixel: 16 });
    const response = await get(heatMap.url);
    expect(response.headers.get("content-type")).toBe("application/octet-stream");
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(MAP);
    const without = await test.query<Score>(query, { ...ids, frame: 0 });
    expect(without.data!.node.frameScore.heatMap).toBeNull();
    expect((await get(heatMap.url.replace("/frames/1/", "/frames/0/"))).status).toBe(404);
  });

  it("are for members of the clip's organization alone", async () => {
    const organization = await database.db.prisma.organization.create({ data: { name: "B", slug: "b" } });
    const stranger = await test.addMember(organization.id, "owner");
    const viewer = await test.addMember(test.owner.organizationId, "viewer");
    const paths = [
      `/media/clips/${clipId}/frames/1`,
      `/media/clips/${clipId}/masks/1`,
      `/media/runs/${runId}/clips/${clipId}/frames/1/error-map`,
    ];
    for (const path of paths) {
      expect((await get(path, {})).status).toBe(401);
      expect((await get(path, bearer(stranger.apiKey))).status).toBe(404);
      expect((await get(path, bearer(viewer.apiKey))).status).toBe(200);
    }
  });

  it.each(["2", "-1", "1e1", "99999999999", "%2e%2e", "0x1", "1.5", "4294967297"])(
    "know no frame %s",
    async (frame) => {
      expect((await get(`/media/clips/${clipId}/frames/${frame}`)).status).toBe(404);
      expect((await get(`/media/runs/${runId}/clips/${clipId}/frames/${frame}/error-map`)).status).toBe(404);
    },
  );

  it("know no clip that is no id", async () => {
    expect((await get("/media/clips/nonsense/frames/0")).status).toBe(404);
    expect((await get(`/media/clips/${crypto.randomUUID()}/frames/0`)).status).toBe(404);
  });
});
