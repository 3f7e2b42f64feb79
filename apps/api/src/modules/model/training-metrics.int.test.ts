import { epochMetricsSchema, type TrainResume, trainingMetricsSchema } from "@engram/core";
import { claimJob, createJob, saveJobResume } from "@engram/db";
import {
  buildDatasetVersion,
  buildModelVersion,
  makeTempFolder,
  startTestDatabase,
  type TempFolder,
  type TestDatabase,
} from "@engram/testkit";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startTestApi, type TestApi } from "../../testing/test-api.ts";

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

const epochOf = (epoch: number, more: object = {}) =>
  epochMetricsSchema.parse({ epoch, learningRate: 1e-3, loss: 1, pixelLoss: 1, seconds: 2, ...more });
const memory = { items: 3, shares: [0.5, 0.5, 0], deadItems: 1, entropy: Math.LN2 };
const epochs = [epochOf(0), epochOf(1, { validationAuroc: 0.9, inputWaitSeconds: 0.1, memory })];

const FIELDS =
  "epoch loss compactness validationAuroc calibrationLoss inputWaitSeconds memory { items shares deadItems entropy }";
const told = {
  ...{ epoch: [0, 1], loss: [1, 1], compactness: [], validationAuroc: [null, 0.9] },
  ...{ calibrationLoss: [null, null], inputWaitSeconds: [null, 0.1], memory: [null, memory] },
};

it("shows the finished epochs of a training that is still running, gaps as null", async () => {
  const { organizationId, projectId } = test.owner;
  const { job } = await createJob(database.db, { organizationId, projectId, kind: "TRAIN", input: {} });
  const asked = () =>
    test.query<{ project: { job: { training: unknown } } }>(
      `query ($number: Int!) { project { job(number: $number) { training { ${FIELDS} } } } }`,
      { number: job.number },
    );
  expect((await asked()).data?.project.job.training).toBeNull();
  const claimed = await claimJob(database.db, job, { workerId: "test" });
  const resume: TrainResume = { checkpointHash: "0".repeat(64), bestCheckpointHash: null, epochs };
  await saveJobResume(database.db, claimed!, resume);
  expect((await asked()).data?.project.job.training).toEqual(told);
});

it("shows those of a model version, its best epoch and why training stopped; of an older version's, the last epoch", async () => {
  const { organizationId, projectId } = test.owner;
  const version = await buildDatasetVersion(database.db, { organizationId, id: projectId });
  const model = await buildModelVersion(database.db, version);
  const metricsOf = async (metrics: object) => {
    const whole = { epochs, steps: 8, millisecondsPerStep: 5, device: "cpu", parameterCount: 9, ...metrics };
    const stored = trainingMetricsSchema.parse(whole);
    await database.db.prisma.modelVersion.update({ where: { id: model.id }, data: { metrics: stored } });
    const answer = await test.query<{ project: { models: { nodes: { latestVersion: object }[] } } }>(
      `{ project { models(first: 1) { nodes { latestVersion { metrics {
        modelEpoch best { monitor epoch value } earlyStop { epoch reason } ${FIELDS} } } } } } }`,
    );
    return answer.data?.project.models.nodes[0]?.latestVersion;
  };
  const best = { monitor: "VALIDATION_AUROC", epoch: 1, value: 0.9 };
  const earlyStop = { epoch: 1, reason: "It did not improve." };
  expect(await metricsOf({ modelEpoch: 1, best, earlyStop })).toEqual({
    metrics: { modelEpoch: 1, best, earlyStop, ...told },
  });
  expect(await metricsOf({})).toMatchObject({ metrics: { modelEpoch: 1, best: null, earlyStop: null } });
});
