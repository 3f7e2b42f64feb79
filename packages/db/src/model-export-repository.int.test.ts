import { buildDatasetVersion, buildModelVersion, buildProject, startTestDatabase } from "@engram/testkit";
import { afterAll, describe, expect, it } from "vitest";
import { claimJob, giveUpJob } from "./job-repository.ts";
import { transitionJob } from "./job-transition.ts";
import { saveModelExport, submitModelExport } from "./model-export-repository.ts";

const { db, close } = await startTestDatabase();
const project = await buildProject(db);
afterAll(close);

const owner = { organizationId: project.organizationId, projectId: project.id };
const parity = { frames: 16, tolerance: 1e-4, differences: { predictionError: 1e-7 } };

async function buildVersionId(): Promise<string> {
  return (await buildModelVersion(db, await buildDatasetVersion(db, project))).id;
}
const submit = (modelVersionId: string) =>
  submitModelExport(db, { ...owner, modelVersionId, format: "ONNX" });
const bundle = (modelVersionId: string, jobId: string, bundleHash: string) =>
  saveModelExport(db, {
    ...owner,
    ...{ modelVersionId, jobId, bundleHash, format: "ONNX", sizeBytes: 5_000_000_000, parity },
  });

describe("the export of a model version", () => {
  it("is one job, also for those who ask at once and for those who ask when it is done", async () => {
    const version = await buildVersionId();
    const submitted = await Promise.all([1, 2, 3, 4].map(() => submit(version)));
    expect(new Set(submitted.map(({ job }) => job.id)).size).toBe(1);
    expect(submitted.filter(({ isNew }) => isNew)).toHaveLength(1);
    const { id } = submitted[0]!.job;
    await claimJob(db, { id }, { workerId: "worker" });
    await transitionJob(db, { id }, ["STARTING"], "RUNNING");
    await transitionJob(db, { id }, ["RUNNING"], "SUCCEEDED");
    expect(await submit(version)).toMatchObject({ job: { id, state: "SUCCEEDED" }, isNew: false });
    expect((await submit(await buildVersionId())).isNew).toBe(true);
  });

  it("is one row, the last attempt's, and none once the job has failed; then it is tried anew", async () => {
    const version = await buildVersionId();
    const { job } = await submit(version);
    await claimJob(db, { id: job.id }, { workerId: "worker" });
    await bundle(version, job.id, "0".repeat(64));
    await bundle(version, job.id, "1".repeat(64));
    const rows = () => db.prisma.modelExport.findMany({ where: { modelVersionId: version } });
    expect(await rows()).toEqual([
      expect.objectContaining({ bundleHash: "1".repeat(64), sizeBytes: 5_000_000_000n, parity }),
    ]);
    await giveUpJob(db, job, { errorCode: "EXPORT_MISMATCH", errorMessage: "No.", isRetryable: false });
    expect(await rows()).toEqual([]);
    const again = await submit(version);
    expect(again.isNew).toBe(true);
    expect(again.job.id).not.toBe(job.id);
  });
});
