import { HISTOGRAM_EDGES_VERSION, resolveHyperparameters } from "@engram/core";
import { type Clip, type HistogramBlock, type ScoringRun, writeClipScores } from "@engram/db";
import {
  correctErrorMap,
  errorHistogram,
  modeBackgroundError,
  mulberry32,
  normalArray,
} from "@engram/numerics";
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
import { startTestApi, type TestApi } from "../../testing/test-api.ts";

const FRAMES = 3;
const SCORED = 1;
const errorMap = normalArray(4096, mulberry32(5)).map((value) => Math.abs(value) * 0.02);
const raw = errorHistogram(errorMap);
const backgroundError = modeBackgroundError(raw, 0.05);
const corrected = errorHistogram(correctErrorMap(errorMap, backgroundError));

let database: TestDatabase;
let folder: TempFolder;
let test: TestApi;
let clip: Clip;
let version: Awaited<ReturnType<typeof buildDatasetVersion>>;

beforeAll(async () => {
  database = await startTestDatabase();
  folder = await makeTempFolder();
  test = await startTestApi({ db: database.db, url: database.url, folder: folder.path });
  const project = { organizationId: test.owner.organizationId, id: test.owner.projectId };
  version = await buildDatasetVersion(database.db, project);
  clip = await buildClip(database.db, version, { frameCount: FRAMES });
});
afterAll(async () => {
  await test.close();
  await database.close();
  await folder.remove();
});

function blockOf(kind: HistogramBlock["kind"], counts: Uint32Array): HistogramBlock {
  const all = new Uint32Array(FRAMES * 64);
  all.set(counts, SCORED * 64);
  return { block: 0, kind, edgesVersion: HISTOGRAM_EDGES_VERSION, frameCount: FRAMES, counts: all };
}

async function runOf(
  histograms: readonly HistogramBlock[],
  model: { hyperparameters?: object; calibration?: object } = {},
): Promise<ScoringRun> {
  const { db } = database;
  const modelVersion = await buildModelVersion(db, version);
  await db.prisma.modelVersion.update({ where: { id: modelVersion.id }, data: model });
  const { scoringRun } = await buildScoringRun(db, modelVersion);
  await writeClipScores(db, { scoringRunId: scoringRun.id, clipId: clip.id }, [{ histograms }]);
  return scoringRun;
}

interface Answer {
  raw: { counts: number[] } | null;
  corrected: { counts: number[] } | null;
  backgroundError: number | null;
}

async function read(run: ScoringRun, frame: number): Promise<Answer> {
  const query = `query ($clip: ID!, $run: ID!, $frame: Int!) { node(id: $clip) { ... on Clip {
    frameScore(scoringRunId: $run, frame: $frame) {
      raw: histogram { counts } corrected: histogram(kind: CORRECTED) { counts } backgroundError
    } } } }`;
  const ids = { clip: encodeGlobalId("Clip", clip.id), run: encodeGlobalId("ScoringRun", run.id) };
  const answer = await test.query<{ node: { frameScore: Answer } }>(query, { ...ids, frame });
  return answer.data!.node.frameScore;
}

describe("the background error of a frame", () => {
  it("is that of its raw histogram, as the worker corrected the frame by", async () => {
    const run = await runOf([blockOf("RAW", raw), blockOf("CORRECTED", corrected)]);
    expect(await read(run, SCORED)).toEqual({
      raw: { counts: [...raw] },
      corrected: { counts: [...corrected] },
      backgroundError,
    });
  });

  it("is null where a frame has no histogram", async () => {
    const run = await runOf([blockOf("RAW", raw), blockOf("CORRECTED", corrected)]);
    expect(await read(run, 0)).toEqual({ raw: null, corrected: null, backgroundError: null });
  });

  it("is told for a run of an older version too, which stored no corrected histogram", async () => {
    const { backgroundMethod, backgroundShare, backgroundQuantile, ...older } = resolveHyperparameters(
      "MNAD_PREDICTION",
      "tiny",
    );
    const run = await runOf([blockOf("RAW", raw)], { hyperparameters: older });
    expect(await read(run, SCORED)).toMatchObject({ corrected: null, backgroundError });
    expect([backgroundMethod, backgroundShare, backgroundQuantile]).toEqual(["MODE", 0.05, 0.99]);
  });

  it("is the calibration's where the model learned one, and null where it should have and did not", async () => {
    const hyperparameters = resolveHyperparameters("MNAD_PREDICTION", "tiny", {
      backgroundMethod: "CALIBRATED",
    });
    const calibration = {
      ...{ source: "CALIBRATION_FRAMES", frameCount: 0, samples: {} },
      ...{ maskThreshold: null, backgroundError: 0.07 },
    };
    const learned = await runOf([blockOf("RAW", raw)], { hyperparameters, calibration });
    expect((await read(learned, SCORED)).backgroundError).toBe(0.07);
    const without = await runOf([blockOf("RAW", raw)], { hyperparameters });
    expect((await read(without, SCORED)).backgroundError).toBeNull();
  });
});
