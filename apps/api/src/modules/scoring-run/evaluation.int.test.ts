import { evaluationSchema } from "@engram/core";
import type { ScoringRun } from "@engram/db";
import {
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

const measured = { value: 0.5, reason: null };
const known = { value: 0.9, reason: null, interval: { low: 0.8, high: 0.95, reason: null } };
const why = "No clip has both normal and abnormal frames.";
const missing = { value: null, reason: why, interval: { low: null, high: null, reason: why } };

/** As it was stored before there were protocols. */
const OLD = {
  ...{ scoredFrames: 9, abnormalFrames: 3, oneClassClips: 1 },
  ...{ frameAuroc: measured, laneAuroc: {}, abnormalityAuroc: measured, macroAuroc: measured },
  events: { raised: 1, truth: 1, precision: measured, recall: measured },
};
const NEW = evaluationSchema.parse({
  ...OLD,
  eventFigures: {
    ...{ toleranceFrames: 10, undetected: 1 },
    ...{ precision: known, recall: known, f1: known, medianLatencyFrames: missing },
  },
  protocols: [
    {
      ...{ normalization: "GLOBAL", smoothing: "GAUSSIAN", unscorable: "FILLED", averaging: "MACRO" },
      ...{ frames: 0, abnormalFrames: 0, clips: 0, clipsLeftOut: 2, f1Threshold: null },
      ...{ auroc: missing, averagePrecision: missing, equalErrorRate: missing, f1Max: known },
    },
  ],
  localization: {
    ...{ frames: 9, framesLeftOut: 1, pixels: 6_000_000_000, abnormalPixels: 12, regions: 3, tracks: 1 },
    pixelFigures: [
      {
        ...{ map: "CORRECTED", auroc: known, averagePrecision: known, f1Max: known, f1Threshold: 0.25 },
        ...{ aupro: missing, fprLimit: 0.3, aurocTolerance: 0.001 },
      },
    ],
    ...{ rbdc: known, tbdc: missing, falseLimit: 1, overlap: 0.1, trackShare: 0.1 },
    falseRegionsPerFrame: null,
  },
  bootstrap: { replicates: 1000, level: 0.95, seed: 1 },
});

const ESTIMATE = "{ value reason interval { low high reason } }";
const QUERY = `query ($run: ID!) { node(id: $run) { ... on ScoringRun { evaluation {
  frameAuroc { value reason }
  eventFigures {
    toleranceFrames undetected precision ${ESTIMATE} recall ${ESTIMATE} f1 ${ESTIMATE} medianLatencyFrames ${ESTIMATE}
  }
  protocols {
    normalization smoothing unscorable averaging frames abnormalFrames clips clipsLeftOut f1Threshold
    auroc ${ESTIMATE} averagePrecision ${ESTIMATE} equalErrorRate ${ESTIMATE} f1Max ${ESTIMATE}
  }
  kind
  localization {
    frames framesLeftOut pixels abnormalPixels regions tracks
    pixelFigures {
      map f1Threshold fprLimit aurocTolerance
      auroc ${ESTIMATE} averagePrecision ${ESTIMATE} f1Max ${ESTIMATE} aupro ${ESTIMATE}
    }
    rbdc ${ESTIMATE} tbdc ${ESTIMATE} falseLimit overlap trackShare falseRegionsPerFrame
  }
  bootstrap { replicates level seed }
} } } }`;

let database: TestDatabase;
let folder: TempFolder;
let test: TestApi;
let run: ScoringRun;

beforeAll(async () => {
  database = await startTestDatabase();
  folder = await makeTempFolder();
  test = await startTestApi({ db: database.db, url: database.url, folder: folder.path });
  const { organizationId, projectId } = test.owner;
  const version = await buildDatasetVersion(database.db, { organizationId, id: projectId });
  const model = await buildModelVersion(database.db, version);
  run = (await buildScoringRun(database.db, model)).scoringRun;
});
afterAll(async () => {
  await test.close();
  await database.close();
  await folder.remove();
});

async function readStored(evaluation: object): Promise<unknown> {
  await database.db.prisma.scoringRun.update({ where: { id: run.id }, data: { evaluation } });
  const answer = await test.query<{ node: { evaluation: unknown } }>(QUERY, {
    run: encodeGlobalId("ScoringRun", run.id),
  });
  expect(answer.errors).toEqual([]);
  return answer.data?.node.evaluation;
}

describe("evaluation", () => {
  it("is served under every protocol, a figure that is missing with its reason", async () => {
    const { kind, frameAuroc, eventFigures, protocols, localization, bootstrap } = NEW;
    expect(await readStored(NEW)).toEqual({
      ...{ kind, frameAuroc, eventFigures, protocols, localization, bootstrap },
    });
  });

  it("that an older version stored is served without protocols and localization", async () => {
    expect(await readStored(OLD)).toEqual({
      ...{ frameAuroc: measured, eventFigures: null },
      ...{ kind: "VIDEO", protocols: [], localization: null, bootstrap: null },
    });
  });
});
