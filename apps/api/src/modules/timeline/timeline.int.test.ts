import { calibrationSchema, type DecisionPolicyRules, LANE_DIRECTION, type Lane } from "@engram/core";
import type { Clip, ScoringRun } from "@engram/db";
import { createAbnormalityMap, drawUniform, mulberry32 } from "@engram/numerics";
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
import { LANES, type LaneColumns, writeColumns } from "../../testing/scored-clip.ts";
import { startTestApi, type TestApi } from "../../testing/test-api.ts";

const FRAMES = 40_000;
const SPIKE = 31_237;
/** nobody scored these */
const GAP = { startFrame: 9_000, endFrame: 9_999 };
const RULES: DecisionPolicyRules = {
  mix: { PSNR: 0.6, FEATURE_DISTANCE: 0.4 },
  enterThreshold: 0.9,
  leaveThreshold: 0.8,
  minDurationFrames: 1,
  mergeGapFrames: 0,
  smoothingFrames: 5,
  smoothingAlignment: "CENTRED",
};

let database: TestDatabase;
let folder: TempFolder;
let test: TestApi;
let clip: Clip;
let run: ScoringRun;
let columns: LaneColumns;
let samples: Partial<Record<Lane, number[]>>;

beforeAll(async () => {
  database = await startTestDatabase();
  folder = await makeTempFolder();
  test = await startTestApi({ db: database.db, url: database.url, folder: folder.path });
  const { db } = database;
  const scope = { organizationId: test.owner.organizationId, projectId: test.owner.projectId };
  const version = await buildDatasetVersion(db, { ...scope, id: scope.projectId });
  const labels = new Uint8Array(FRAMES);
  labels.fill(1, 100, 200);
  clip = await buildClip(db, version, { frameCount: FRAMES, labels: { labels, abnormalCount: 100 } });
  const model = await buildModelVersion(db, version);
  const random = mulberry32(7);
  const draw = () => drawUniform(random, 0, 1);
  samples = Object.fromEntries(LANES.map((lane) => [lane, Array.from({ length: 500 }, draw)]));
  const calibration = calibrationSchema.parse({
    ...{ source: "CALIBRATION_FRAMES", frameCount: 500, samples, maskThreshold: null },
  });
  await db.prisma.modelVersion.update({ where: { id: model.id }, data: { calibration } });
  const policy = await db.prisma.decisionPolicy.create({
    data: { ...scope, name: "default", number: 1, rules: RULES },
  });
  run = (await buildScoringRun(db, model, { policyId: policy.id })).scoringRun;
  columns = LANES.map(() => Float32Array.from({ length: FRAMES }, draw));
  for (const column of columns) {
    column.fill(Number.NaN, 0, 4);
    column.fill(Number.NaN, GAP.startFrame, GAP.endFrame + 1);
    column[SPIKE] = 50;
  }
  await writeColumns(db, { scoringRunId: run.id, clipId: clip.id }, columns);
  const interval = { peakFrame: SPIKE, peakAbnormality: 1, meanAbnormality: 1 };
  await db.prisma.event.create({
    data: {
      ...{ ...scope, ...interval, scoringRunId: run.id, policyId: policy.id, clipId: clip.id },
      ...{ startFrame: SPIKE, endFrame: SPIKE + 2 },
    },
  });
});
afterAll(async () => {
  await test.close();
  await database.close();
  await folder.remove();
});

interface Timeline {
  framesPerPoint: number;
  startFrame: number[];
  lanes: { lane: string; min: number[]; max: number[]; mean: number[]; reason: string | null }[];
  gaps: { startFrame: number; endFrame: number }[];
  events: { startFrame: number; peakFrameName: string | null; isTruePositive: boolean }[];
  groundTruth: { startFrame: number; endFrame: number }[];
  enterThreshold: number;
  leaveThreshold: number;
  isComplete: boolean;
}

const QUERY = `query ($clip: ID!, $run: ID!, $lanes: [Lane!]!, $from: Int, $to: Int, $maxPoints: Int) {
  node(id: $clip) { ... on Clip { timeline(scoringRunId: $run, lanes: $lanes, from: $from, to: $to, maxPoints: $maxPoints) {
    framesPerPoint startFrame lanes { lane min max mean reason } gaps { startFrame endFrame }
    events { startFrame peakFrameName isTruePositive } groundTruth { startFrame endFrame } enterThreshold leaveThreshold isComplete
  } } } }`;

async function read(request: object) {
  const ids = { clip: encodeGlobalId("Clip", clip.id), run: encodeGlobalId("ScoringRun", run.id) };
  return test.query<{ node: { timeline: Timeline } }>(QUERY, { ...ids, ...request });
}

async function readTimeline(request: object): Promise<Timeline> {
  const answer = await read(request);
  expect(answer.errors).toEqual([]);
  return answer.data!.node.timeline;
}

/** Smoothed abnormality, from its definition, frame by frame. */
function abnormality(): Float64Array {
  const { map } = createAbnormalityMap<Lane>({ samples, directions: LANE_DIRECTION, weights: RULES.mix });
  const raw = Float64Array.from(columns[0]!, (_, frame) => {
    const values = Object.fromEntries(LANES.map((lane, row) => [lane, columns[row]![frame]!]));
    return map!.ofFrame(values) ?? Number.NaN;
  });
  return Float64Array.from(raw, (value, frame) => {
    if (Number.isNaN(value)) return Number.NaN;
    const near = [...raw.slice(Math.max(0, frame - 2), frame + 3)].filter((other) => !Number.isNaN(other));
    return near.reduce((sum, other) => sum + other, 0) / near.length;
  });
}

function expectReduced(
  timeline: Timeline,
  lane: string,
  frames: ArrayLike<number>,
  lastFrame: number,
  digits: number,
): void {
  const found = timeline.lanes.find((candidate) => candidate.lane === lane)!;
  for (const [point, start] of timeline.startFrame.entries()) {
    const end = timeline.startFrame[point + 1] ?? lastFrame + 1;
    const values = Array.from({ length: end - start }, (_, i) => frames[start + i]!).filter(Number.isFinite);
    if (values.length === 0) {
      expect([found.min[point], found.max[point], found.mean[point]]).toEqual([null, null, null]);
      continue;
    }
    expect(found.min[point]).toBeCloseTo(Math.min(...values), digits);
    expect(found.max[point]).toBeCloseTo(Math.max(...values), digits);
    expect(found.mean[point]).toBeCloseTo(
      values.reduce((sum, value) => sum + value, 0) / values.length,
      digits,
    );
  }
}

describe("a timeline", () => {
  it.each([
    ["frame by frame", { from: 8_950, to: 9_449, maxPoints: 500 }, 1],
    ["of a short window, from the frames", { from: 1_003, to: 11_777, maxPoints: 300 }, 64],
    ["of the whole clip, from the pyramid", { maxPoints: 1000 }, 64],
    ["of the whole clip in a single point", { maxPoints: 1 }, 65_536],
    [
      "of a long window that starts anywhere, from the pyramid",
      { from: 5_001, to: 39_000, maxPoints: 100 },
      512,
    ],
  ])("%s equals what the frames themselves give", async (_name, window, framesPerPoint) => {
    const timeline = await readTimeline({ lanes: ["PSNR", "PREDICTION_ERROR"], ...window });
    expect(timeline.framesPerPoint).toBe(framesPerPoint);
    const to = "to" in window ? window.to : FRAMES - 1;
    const lastFrame = Math.min(FRAMES - 1, to - (to % framesPerPoint) + framesPerPoint - 1);
    expectReduced(timeline, "PSNR", columns[LANES.indexOf("PSNR")]!, lastFrame, 5);
    expectReduced(timeline, "PREDICTION_ERROR", columns[LANES.indexOf("PREDICTION_ERROR")]!, lastFrame, 5);
  });

  it.each([{ from: 31_000, to: 31_499, maxPoints: 500 }, { maxPoints: 700 }])(
    "has the abnormality that the policy gives, smoothed over the window's edges: %j",
    async (window) => {
      const timeline = await readTimeline({ lanes: ["ABNORMALITY"], ...window });
      expectReduced(timeline, "ABNORMALITY", abnormality(), "to" in window ? window.to! : FRAMES - 1, 9);
      expect(timeline).toMatchObject({ enterThreshold: 0.9, leaveThreshold: 0.8, isComplete: false });
    },
  );

  it("shows a spike of one frame at every zoom", async () => {
    for (const maxPoints of [1, 7, 100, 5000]) {
      const timeline = await readTimeline({ lanes: ["PSNR"], maxPoints });
      expect(Math.max(...timeline.lanes[0]!.max)).toBe(50);
    }
  });

  it("says where nothing was scored, and leaves that empty", async () => {
    const near = await readTimeline({ lanes: ["PSNR"], from: 0, to: 9_999, maxPoints: 5000 });
    expect(near.gaps).toEqual([{ startFrame: 0, endFrame: 3 }, GAP]);
    const far = await readTimeline({ lanes: ["PSNR"], maxPoints: 1250 });
    expect(far.gaps).toEqual([{ startFrame: 9_024, endFrame: 9_983 }]);
  });

  it("comes with the events and the ground truth of its window", async () => {
    const whole = await readTimeline({ lanes: [] });
    expect(whole.events).toEqual([{ startFrame: SPIKE, peakFrameName: null, isTruePositive: false }]);
    expect(whole.groundTruth).toEqual([{ startFrame: 100, endFrame: 199 }]);
    const part = await readTimeline({ lanes: [], from: 200, to: SPIKE - 10, maxPoints: 5000 });
    expect([part.events, part.groundTruth]).toEqual([[], []]);
  });

  it.each([{ from: 10, to: 9 }, { from: FRAMES }, { maxPoints: 0 }, { maxPoints: 5001 }])(
    "refuses %j",
    async (window) => {
      const answer = await read({ lanes: ["PSNR"], ...window });
      expect(answer.errors[0]?.extensions.code).toBe("BAD_INPUT");
    },
  );

  it("of a whole clip takes a fixed number of statements, however many lanes", async () => {
    const count = async (lanes: readonly string[]) => {
      test.statements.length = 0;
      await readTimeline({ lanes, maxPoints: 1000 });
      return test.statements.length;
    };
    const one = await count(["PSNR"]);
    expect(await count(LANES)).toBe(one);
    expect(one).toBeLessThanOrEqual(14);
  });
});

describe("a frame's score", () => {
  const FRAME = `query ($clip: ID!, $run: ID!, $frame: Int!) { node(id: $clip) { ... on Clip {
    frameScore(scoringRunId: $run, frame: $frame) {
      frame lanes { lane value } abnormality reason isAbnormalInGroundTruth
      histogram { counts } heatMap { url } mask { areaPx }
    } } } }`;
  const readFrame = async (frame: number) => {
    const ids = { clip: encodeGlobalId("Clip", clip.id), run: encodeGlobalId("ScoringRun", run.id) };
    return test.query<{ node: { frameScore: unknown } }>(FRAME, { ...ids, frame });
  };

  it("is that of the timeline", async () => {
    const answer = await readFrame(150);
    expect(answer.data?.node.frameScore).toEqual({
      frame: 150,
      lanes: LANES.map((lane, row) => ({ lane, value: columns[row]![150] })),
      abnormality: expect.closeTo(abnormality()[150]!, 9),
      ...{ reason: null, isAbnormalInGroundTruth: true, histogram: null, heatMap: null, mask: null },
    });
  });

  it("is null with a reason where there is none", async () => {
    const answer = await readFrame(2);
    expect(answer.data?.node.frameScore).toMatchObject({
      lanes: LANES.map((lane) => ({ lane, value: null })),
      abnormality: null,
      reason: expect.stringContaining("not been scored"),
      isAbnormalInGroundTruth: false,
    });
    expect((await readFrame(FRAMES)).errors[0]?.extensions.code).toBe("BAD_INPUT");
  });
});

describe("the clips of a run", () => {
  it("say what the run found in them, in a fixed number of statements", async () => {
    const query = `query ($run: ID!) { node(id: $run) { ... on ScoringRun { clips(first: 10) {
      nodes { clip { name frameCount } scoredFrames peakAbnormality eventCount } pageInfo { hasNextPage } } } } }`;
    const answer = await test.query(query, { run: encodeGlobalId("ScoringRun", run.id) });
    const scored = columns[0]!.filter(Number.isFinite).length;
    expect(answer.errors).toEqual([]);
    expect(answer.data).toEqual({
      node: {
        clips: {
          nodes: [
            {
              clip: { name: clip.name, frameCount: FRAMES },
              scoredFrames: scored,
              peakAbnormality: expect.closeTo(Math.max(...abnormality().filter(Number.isFinite)), 9),
              eventCount: 1,
            },
          ],
          pageInfo: { hasNextPage: false },
        },
      },
    });
  });
});
