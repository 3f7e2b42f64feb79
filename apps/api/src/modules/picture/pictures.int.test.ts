import type { ScoringRun } from "@engram/db";
import { packUint32, saveDecisionPolicy, saveScoringRunPolicy } from "@engram/db";
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
import { encodeGlobalId } from "../../schema/global-id.ts";
import { LANES, writeColumns } from "../../testing/scored-clip.ts";
import { startTestApi, type TestApi } from "../../testing/test-api.ts";

let database: TestDatabase;
let folder: TempFolder;
let test: TestApi;
let versionId: string;
let defectClipId: string;
let run: ScoringRun;

const GOOD_ERRORS = [0.02, 0.04, 0.03];
/** The picture in the middle is as normal as any. */
const DEFECT_ERRORS = [0.9, 0.03, 0.6];

beforeAll(async () => {
  database = await startTestDatabase();
  folder = await makeTempFolder();
  test = await startTestApi({ db: database.db, url: database.url, folder: folder.path });
  const { organizationId, projectId } = test.owner;
  const { db } = database;
  const version = await buildDatasetVersion(db, { organizationId, id: projectId });
  const build = (name: string, ordinal: number, label: number) =>
    buildClip(db, version, {
      ...{ name, ordinal, kind: "IMAGES", frameCount: 3, frameNames: ["0.png", "1.png", "2.png"] },
      ...(label === 1 && { frameSizes: Uint8Array.from(packUint32(Uint32Array.of(64, 48, 70, 50, 64, 48))) }),
      labels: { labels: Uint8Array.of(label, label, label), abnormalCount: 3 * label },
    });
  const good = await build("good", 0, 0);
  const defect = await build("scratch", 1, 1);
  const model = await buildModelVersion(db, version);
  const samples = { REGION_ERROR: Array.from({ length: 50 }, (_, i) => i / 1000) };
  await db.prisma.modelVersion.update({
    where: { id: model.id },
    data: { calibration: { source: "CALIBRATION_FRAMES", frameCount: 50, samples, maskThreshold: null } },
  });
  run = (await buildScoringRun(db, model)).scoringRun;
  const policy = await saveDecisionPolicy(db, {
    ...{ organizationId, projectId, name: "default" },
    rules: {
      ...{ mix: { REGION_ERROR: 1 }, enterThreshold: 0.99, leaveThreshold: 0.9 },
      ...{ minDurationFrames: 3, mergeGapFrames: 5, smoothingFrames: 3, smoothingAlignment: "CENTRED" },
    },
  });
  await saveScoringRunPolicy(db, projectId, run.id, policy.id);
  for (const [clip, errors] of [
    [good, GOOD_ERRORS],
    [defect, DEFECT_ERRORS],
  ] as const) {
    const columns = LANES.map((lane) =>
      lane === "REGION_ERROR" ? Float32Array.from(errors) : new Float32Array(3),
    );
    await writeColumns(db, { scoringRunId: run.id, clipId: clip.id }, columns);
  }
  [versionId, defectClipId] = [
    encodeGlobalId("DatasetVersion", version.id),
    encodeGlobalId("Clip", defect.id),
  ];
});
afterAll(async () => {
  await test.close();
  await database.close();
  await folder.remove();
});

interface Picture {
  readonly clipName: string;
  readonly name: string;
  readonly width: number;
  readonly url: string;
  readonly isAbnormalInGroundTruth: boolean | null;
  readonly abnormality: number | null;
  readonly isFlagged: boolean | null;
}

async function list(variables: object) {
  const answer = await test.query<{
    node: { pictures: { totalCount: number; nodes: Picture[]; pageInfo: { endCursor: string } } } | null;
  }>(
    `query ($id: ID!, $run: ID, $clip: ID, $order: PictureOrder, $first: Int, $last: Int, $after: String) {
      node(id: $id) { ... on DatasetVersion {
        pictures(scoringRunId: $run, clipId: $clip, order: $order, first: $first, last: $last, after: $after) {
          totalCount pageInfo { endCursor }
          nodes { clipName name width url isAbnormalInGroundTruth abnormality isFlagged }
        } } } }`,
    { id: versionId, first: 100, ...variables },
  );
  return { pictures: answer.data?.node?.pictures, errors: answer.errors };
}

const names = (pictures: readonly Picture[] | undefined) =>
  pictures?.map(({ clipName, name }) => `${clipName}/${name}`);

describe("an event", () => {
  it("names the picture at its peak", async () => {
    const { organizationId, projectId, id: scoringRunId } = run;
    const clip = await database.db.prisma.clip.findFirstOrThrow({ where: { name: "scratch" } });
    const policy = await database.db.prisma.decisionPolicy.findFirstOrThrow();
    const frames = { startFrame: 2, endFrame: 2, peakFrame: 2, peakAbnormality: 1, meanAbnormality: 1 };
    const event = await database.db.prisma.event.create({
      data: { organizationId, projectId, scoringRunId, clipId: clip.id, policyId: policy.id, ...frames },
    });
    const answer = await test.query("query ($id: ID!) { node(id: $id) { ... on Event { peakFrameName } } }", {
      id: encodeGlobalId("Event", event.id),
    });
    expect([answer.data, answer.errors]).toEqual([{ node: { peakFrameName: "2.png" } }, []]);
  });
});

describe("pictures", () => {
  it("come folder by folder with name, size and label, and without scores where no run is asked for", async () => {
    const { pictures } = await list({});
    expect(names(pictures?.nodes)).toEqual([
      ...["good/0.png", "good/1.png", "good/2.png", "scratch/0.png", "scratch/1.png", "scratch/2.png"],
    ]);
    expect(pictures?.nodes[4]).toMatchObject({
      ...{ width: 70, isAbnormalInGroundTruth: true, abnormality: null, isFlagged: null },
    });
    expect(pictures?.nodes[4]?.url).toMatch(/^\/media\/clips\/[0-9a-f-]{36}\/frames\/1$/);
  });

  it("come the most abnormal first, each scored and flagged by itself, smoothed with no neighbour", async () => {
    const { pictures } = await list({ run: encodeGlobalId("ScoringRun", run.id), order: "ABNORMALITY" });
    expect(names(pictures?.nodes)?.slice(0, 3)).toEqual(["scratch/0.png", "scratch/2.png", "good/1.png"]);
    expect(pictures?.nodes.map(({ isFlagged }) => isFlagged)).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
    expect(pictures?.nodes[2]?.abnormality).toBeCloseTo(0.8, 1);
  });

  it("come in pages, and of one folder where that is asked for", async () => {
    const first = await list({ clip: defectClipId, first: 2 });
    expect(first.pictures?.totalCount).toBe(3);
    const next = await list({ clip: defectClipId, first: 2, after: first.pictures?.pageInfo.endCursor });
    expect(names([...first.pictures!.nodes, ...next.pictures!.nodes])).toEqual([
      ...["scratch/0.png", "scratch/1.png", "scratch/2.png"],
    ]);
  });

  it("are not listed backwards, from a cursor of something else, or without bounds", async () => {
    for (const page of [{ first: null, last: 3 }, { after: "nonsense" }, { first: 1000 }, { first: null }]) {
      expect((await list(page)).errors[0]?.message).toMatch(/list|cursor|forwards|"first"/);
    }
  });

  it("show a clip's own page the same abnormality", async () => {
    const answer = await test.query<{
      node: { frameName: string; frameScore: { abnormality: number } };
    }>(
      `query ($clip: ID!, $run: ID!) { node(id: $clip) { ... on Clip {
        frameName(frame: 1) frameScore(scoringRunId: $run, frame: 1) { abnormality } } } }`,
      { clip: defectClipId, run: encodeGlobalId("ScoringRun", run.id) },
    );
    const { pictures } = await list({ run: encodeGlobalId("ScoringRun", run.id), clip: defectClipId });
    expect(answer.data?.node.frameName).toBe("1.png");
    expect(answer.data?.node.frameScore.abnormality).toBe(pictures?.nodes[1]?.abnormality);
  });
});
