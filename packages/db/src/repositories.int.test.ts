import { type DecisionPolicyRules, resolveHyperparameters } from "@engram/core";
import {
  buildClip,
  buildDatasetVersion,
  buildJob,
  buildModelVersion,
  buildProject,
  buildScoringRun,
  startTestDatabase,
} from "@engram/testkit";
import { afterAll, describe, expect, it } from "vitest";
import {
  createClip,
  findClip,
  findFrameLabels,
  listClips,
  listQuantizationClips,
  saveFramePack,
} from "./clip-repository.ts";
import {
  beginDatasetVersion,
  completeDatasetVersion,
  findDataset,
  findLatestDatasetVersion,
} from "./dataset-repository.ts";
import { findLatestDecisionPolicy, saveDecisionPolicy } from "./decision-policy-repository.ts";
import { listEvents, replaceEvents } from "./event-repository.ts";
import { createModelVersion, ensureModel, findLatestModelVersion } from "./model-repository.ts";
import { findProjectMember, findProjectOfUser, listProjectsOfUser } from "./project-repository.ts";
import { findScoringRun } from "./scoring-run-repository.ts";
import { completeUpload, createUpload, findUpload } from "./upload-repository.ts";

const { db, close } = await startTestDatabase();
const project = await buildProject(db);
const stranger = await buildProject(db);
afterAll(close);

const scope = { organizationId: project.organizationId, projectId: project.id };
const report = { layout: "MNAD", clips: [], unmatched: [], warnings: [], totalBytes: 0 } as const;
const rules: DecisionPolicyRules = {
  ...{ mix: { PSNR: 1 }, enterThreshold: 0.9, leaveThreshold: 0.8 },
  ...{ minDurationFrames: 3, mergeGapFrames: 5, smoothingFrames: 1 },
  smoothingAlignment: "CENTRED",
};

describe("datasets", () => {
  it("numbers the versions of one dataset without gaps when imports begin at once", async () => {
    const jobs = await Promise.all([1, 2, 3, 4].map(() => buildJob(db, project, { kind: "INGEST" })));
    const versions = await Promise.all(
      jobs.map(({ id: ingestJobId }) =>
        beginDatasetVersion(db, {
          ...{ ...scope, ingestJobId, layout: "MNAD" },
          ...{ datasetName: "Ped2", datasetSlug: "ped2" },
        }),
      ),
    );
    expect(new Set(versions.map(({ datasetId }) => datasetId)).size).toBe(1);
    expect(versions.map(({ number }) => number).sort()).toEqual([1, 2, 3, 4]);
  });

  it("completes a version once, and offers only complete ones", async () => {
    const { id: ingestJobId } = await buildJob(db, project, { kind: "INGEST" });
    const begun = await beginDatasetVersion(db, {
      ...{ ...scope, ingestJobId, layout: "UCSD" },
      ...{ datasetName: "One", datasetSlug: "one" },
    });
    const latest = () => findLatestDatasetVersion(db, project.id, begun.datasetId);
    expect(await latest()).toBeNull();
    const outcome = {
      contentHash: "1".repeat(64),
      report: { ...report, clips: [], unmatched: [], warnings: [] },
    };
    await completeDatasetVersion(db, begun.id, outcome);
    expect(await latest()).toMatchObject({ id: begun.id, state: "READY", contentHash: outcome.contentHash });
    await expect(completeDatasetVersion(db, begun.id, outcome)).rejects.toMatchObject({ code: "CONFLICT" });
  });

  it("are invisible from another project", async () => {
    const { datasetId } = await buildDatasetVersion(db, project);
    expect(await findDataset(db, project.id, datasetId)).not.toBeNull();
    expect(await findDataset(db, stranger.id, datasetId)).toBeNull();
  });
});

describe("clips", () => {
  it("are listed in order, quarantined ones only where asked for, without their long columns", async () => {
    const version = await buildDatasetVersion(db, project);
    for (const ordinal of [2, 0, 1]) await buildClip(db, version, { ordinal, name: `clip-${ordinal}` });
    await buildClip(db, version, {
      ordinal: 3,
      name: "bad",
      state: "QUARANTINED",
      quarantineReason: "Broken.",
    });
    const of = { projectId: project.id, datasetVersionId: version.id };
    const clips = await listClips(db, of);
    expect(clips.map(({ name }) => name)).toEqual(["clip-0", "clip-1", "clip-2"]);
    expect(clips[0]).not.toHaveProperty("archiveIndex");
    expect(await listClips(db, of, { withQuarantined: true })).toHaveLength(4);
    expect(await listClips(db, of, { split: "TRAIN" })).toEqual([]);
    expect(await listClips(db, { ...of, projectId: stranger.id })).toEqual([]);
  });

  it("tell 8-bit runs their ranges: calibration clips that hold a window, else training clips", async () => {
    const version = await buildDatasetVersion(db, project);
    const of = { projectId: project.id, datasetVersionId: version.id };
    const clips = [
      { name: "train", split: "TRAIN", frameCount: 20 },
      { name: "held", split: "CALIBRATION", frameCount: 8 },
      { name: "test", split: "TEST", frameCount: 100 },
    ] as const;
    for (const [ordinal, clip] of clips.entries()) await buildClip(db, version, { ordinal, ...clip });
    const named = async (fewest: number) =>
      (await listQuantizationClips(db, of, fewest)).map(({ name }) => name);
    expect([await named(8), await named(9), await named(21)]).toEqual([["held"], ["train"], []]);
  });

  it("come with their labels, both or neither", async () => {
    const version = await buildDatasetVersion(db, project);
    const labels = { labels: Uint8Array.of(0, 1, 1), abnormalCount: 2 };
    const clip = await buildClip(db, version, { frameCount: 3, labels });
    expect(await findFrameLabels(db, project.id, clip.id)).toMatchObject(labels);
    expect(await findFrameLabels(db, stranger.id, clip.id)).toBeNull();
    expect(await findClip(db, stranger.id, clip.id)).toBeNull();
    const same = {
      ...scope,
      datasetVersionId: version.id,
      split: "TEST",
      ordinal: 1,
      name: clip.name,
    } as const;
    const size = { width: 1, height: 1, frameCount: 1 };
    await expect(createClip(db, { ...same, ...size, labels })).rejects.toThrow();
    expect(await db.prisma.frameLabels.count({ where: { clip: { datasetVersionId: version.id } } })).toBe(1);
  });

  it("have one pack for each size, however many jobs pack them", async () => {
    const { id } = await buildClip(db, await buildDatasetVersion(db, project));
    const size = { width: 64, height: 64, channels: 1 };
    const saved = await Promise.all([1, 2, 3].map(() => saveFramePack(db, id, size, "ab")));
    expect(new Set(saved.map((pack) => pack.id)).size).toBe(1);
  });
});

describe("models", () => {
  it("do not change their architecture", async () => {
    const model = { ...scope, name: "Gate", slug: "gate", architecture: "MNAD_PREDICTION" } as const;
    const made = await Promise.all([ensureModel(db, model), ensureModel(db, model)]);
    expect(made[0].id).toBe(made[1].id);
    const other = ensureModel(db, { ...model, architecture: "MEMAE" });
    await expect(other).rejects.toMatchObject({ code: "CONFLICT", field: "model" });
  });

  it("get one version for a job, also when its second attempt writes it again", async () => {
    const version = await buildDatasetVersion(db, project);
    const model = await ensureModel(db, { ...scope, name: "A", slug: "a", architecture: "MNAD_PREDICTION" });
    const write = async (trainJobId: string, checkpointHash: string) =>
      createModelVersion(db, {
        ...{ ...scope, modelId: model.id, datasetVersionId: version.id, trainJobId, checkpointHash },
        hyperparameters: resolveHyperparameters("MNAD_PREDICTION", "tiny"),
        calibration: {
          ...{ source: "CALIBRATION_FRAMES", frameCount: 0, samples: {} },
          ...{ maskThreshold: null, backgroundError: null },
        },
        metrics: {
          ...{ epochs: [], steps: 0, millisecondsPerStep: null, device: "none", parameterCount: 0 },
          ...{ modelEpoch: null, best: null, earlyStop: null },
        },
      });
    const [first, second] = [await buildJob(db, project), await buildJob(db, project)];
    const made = await write(first.id, "aa");
    const again = await write(first.id, "bb");
    expect(again).toMatchObject({ id: made.id, number: 1, checkpointHash: "bb" });
    const next = await write(second.id, "cc");
    expect(next.number).toBe(2);
    expect(await findLatestModelVersion(db, project.id, { modelId: model.id })).toEqual(next);
    expect(await findLatestModelVersion(db, stranger.id)).toBeNull();
  });
});

describe("policies and events", () => {
  it("give a changed policy the next number, and an unchanged one its own", async () => {
    const first = await saveDecisionPolicy(db, { ...scope, name: "Default", rules });
    const same = await saveDecisionPolicy(db, { ...scope, name: "Default", rules });
    const changed = { ...rules, enterThreshold: 0.95 };
    const second = await saveDecisionPolicy(db, { ...scope, name: "Default", rules: changed });
    expect(same).toEqual(first);
    expect([first.number, second.number]).toEqual([1, 2]);
    expect(await findLatestDecisionPolicy(db, project.id, "Default")).toEqual(second);
  });

  it("replace a policy's events as a whole", async () => {
    const version = await buildDatasetVersion(db, project);
    const clip = await buildClip(db, version);
    const { scoringRun } = await buildScoringRun(db, await buildModelVersion(db, version));
    const policy = await saveDecisionPolicy(db, { ...scope, name: "Gate", rules });
    const of = { ...scope, scoringRunId: scoringRun.id, policyId: policy.id };
    const event = (startFrame: number) => ({
      ...{ clipId: clip.id, startFrame, endFrame: startFrame + 9, peakFrame: startFrame + 1 },
      ...{ peakAbnormality: 0.99, meanAbnormality: 0.9 },
    });
    await replaceEvents(db, of, [event(50), event(10)]);
    // More than a statement has room for one by one, as a policy that is too eager raises them.
    await replaceEvents(
      db,
      of,
      Array.from({ length: 20_000 }, (_, i) => event(10 * i)),
    );
    expect(await db.prisma.event.count({ where: of })).toBe(20_000);
    await replaceEvents(db, of, [event(30), event(10)]);
    const events = await listEvents(db, of);
    expect(events[0]).toMatchObject({ ...of, ...event(10) });
    expect(events.map(({ startFrame }) => startFrame)).toEqual([10, 30]);
    expect(await listEvents(db, { ...of, projectId: stranger.id })).toEqual([]);
    expect(await findScoringRun(db, stranger.id, scoringRun.id)).toBeNull();
  });
});

describe("uploads", () => {
  it("are completed once, with the bytes that came first", async () => {
    const createdById = "0196b1f0-0000-7000-8000-000000000001";
    const { id } = await createUpload(db, {
      ...scope,
      createdById,
      fileName: "scene.tar",
      purpose: "DATASET",
    });
    const bytes = { blobHash: "aa", sizeBytes: 5_000_000_000 };
    await completeUpload(db, project.id, id, bytes);
    expect(await completeUpload(db, project.id, id, bytes)).toMatchObject({ sizeBytes: 5_000_000_000n });
    const other = completeUpload(db, project.id, id, { ...bytes, blobHash: "bb" });
    await expect(other).rejects.toMatchObject({ code: "CONFLICT" });
    await expect(completeUpload(db, stranger.id, id, bytes)).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect(await findUpload(db, stranger.id, id)).toBeNull();
  });
});

describe("projects", () => {
  it("are seen by the members of their organization alone", async () => {
    const user = await db.prisma.user.create({ data: { name: "Ada", email: "ada@example.org" } });
    const { organizationId } = project;
    await db.prisma.member.create({ data: { organizationId, userId: user.id, role: "owner" } });
    expect(await listProjectsOfUser(db, user.id)).toEqual([project]);
    expect(await findProjectOfUser(db, user.id, stranger.id)).toBeNull();
    expect(await findProjectMember(db, user.id, project.id)).toMatchObject({ role: "owner" });
    expect(await findProjectMember(db, user.id, stranger.id)).toBeNull();
  });

  it("go with all that is in them, in one delete", async () => {
    const doomed = await buildProject(db);
    const version = await buildDatasetVersion(db, doomed);
    const clip = await buildClip(db, version);
    const own = { organizationId: doomed.organizationId, projectId: doomed.id };
    const policy = await saveDecisionPolicy(db, { ...own, name: "Default", rules });
    const { scoringRun } = await buildScoringRun(db, await buildModelVersion(db, version), {
      policyId: policy.id,
    });
    await replaceEvents(db, { ...own, scoringRunId: scoringRun.id, policyId: policy.id }, [
      { clipId: clip.id, startFrame: 0, endFrame: 9, peakFrame: 1, peakAbnormality: 1, meanAbnormality: 1 },
    ]);
    await db.prisma.organization.delete({ where: { id: doomed.organizationId } });
    expect(await db.prisma.event.count({ where: { projectId: doomed.id } })).toBe(0);
    expect(await db.prisma.job.count({ where: { projectId: doomed.id } })).toBe(0);
    expect(await db.prisma.clip.findUnique({ where: { id: clip.id } })).toBeNull();
  });

  it("keep a dataset version that a model was trained on", async () => {
    const version = await buildDatasetVersion(db, project);
    await buildModelVersion(db, version);
    await expect(db.prisma.datasetVersion.delete({ where: { id: version.id } })).rejects.toThrow();
  });
});
