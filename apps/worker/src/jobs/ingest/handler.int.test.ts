import { cp, mkdir, readdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { listClips, requestJobCancel } from "@engram/db";
import { writeSyntheticScene } from "@engram/media";
import { startTestDatabase } from "@engram/testkit";
import { create as createTar } from "tar";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ingestInput, type Rig, startRig } from "../../testing/rig.ts";
import { ingest } from "./handler.ts";

let rig: Rig;
let scene: string;

beforeAll(async () => {
  rig = await startRig(await startTestDatabase());
  scene = join(rig.folder, "scene");
  await writeSyntheticScene(scene, {
    width: 60,
    height: 40,
    trainingClips: 2,
    trainingFrames: 12,
    testFrames: 10,
  });
});
afterAll(() => rig.close());

async function run(input: ReturnType<typeof ingestInput>, more = {}) {
  const job = await rig.createJob("INGEST", input);
  const context = await rig.contextOf(job, more);
  return { result: await ingest(context, input), reports: context.reports };
}

describe("ingest", () => {
  it("stores nothing in a dry run, and tells what it would import", async () => {
    const { result } = await run(ingestInput(scene, { isDryRun: true, datasetSlug: "dry" }));
    expect(result.datasetVersionId).toBeNull();
    expect(result.report.clips.filter((clip) => clip.split === "TRAIN")).toHaveLength(2);
    expect(await rig.db.prisma.dataset.count({ where: { slug: "dry" } })).toBe(0);
  });

  it("makes a ready version with clips, labels and masks, and reports progress in frames", async () => {
    const { result, reports } = await run(ingestInput(scene));
    const version = await rig.db.prisma.datasetVersion.findUniqueOrThrow({
      where: { id: result.datasetVersionId ?? "" },
      include: { clips: { include: { frameLabels: true } } },
    });
    expect(version).toMatchObject({ state: "READY", number: 1, layout: "MNAD" });
    expect(version.clips).toHaveLength(result.report.clips.length);
    const test = version.clips.find((clip) => clip.split === "TEST");
    expect(test?.frameLabels?.labels).toHaveLength(10);
    const last = reports.at(-1);
    expect(last).toMatchObject({ phase: "store", unit: "frames" });
    expect(last?.done).toBe(last?.total);
  });

  it("gives the latest version back where the content is the same", async () => {
    const first = await run(ingestInput(scene, { datasetSlug: "again" }));
    const second = await run(ingestInput(scene, { datasetSlug: "again" }));
    expect(second.result.datasetVersionId).toBe(first.result.datasetVersionId);
    expect(await rig.db.prisma.datasetVersion.count({ where: { dataset: { slug: "again" } } })).toBe(1);
  });

  it("reads an uploaded archive, and says which of it is left out", async () => {
    const tar = join(rig.folder, "scene.tar");
    const linked = join(rig.folder, "linked");
    await cp(scene, linked, { recursive: true });
    await symlink("/etc/hostname", join(linked, "a-link"));
    await createTar({ file: tar, cwd: linked }, await readdir(linked));
    const stored = await rig.blobs.putFile(tar);
    const upload = await rig.db.prisma.upload.create({
      data: {
        ...rig.owner,
        ...{ createdById: rig.owner.projectId, fileName: "scene.tar" },
        ...{ blobHash: stored.hash, completedAt: new Date() },
      },
    });
    const { result } = await run(
      ingestInput("unused", { source: { kind: "UPLOAD", uploadId: upload.id }, datasetSlug: "uploaded" }),
    );
    expect(result.datasetVersionId).not.toBeNull();
    expect(result.report.warnings).toEqual(["Left out of the upload, links and special files: 1."]);
  });

  it("quarantines a clip with a broken picture, names it, and goes on", async () => {
    const broken = join(rig.folder, "broken");
    await writeSyntheticScene(broken, {
      width: 60,
      height: 40,
      trainingClips: 2,
      trainingFrames: 8,
      testFrames: 8,
    });
    const clip = join(broken, "training/frames", (await readdir(join(broken, "training/frames")))[0] ?? "");
    const picture = (await readdir(clip)).sort()[4] ?? "";
    await writeFile(join(clip, picture), "no picture");
    const { result } = await run(ingestInput(broken, { datasetSlug: "broken" }));
    const datasetVersionId = result.datasetVersionId ?? "";
    const clips = await listClips(
      rig.db,
      { projectId: rig.owner.projectId, datasetVersionId },
      { withQuarantined: true },
    );
    const quarantined = clips.filter((row) => row.state === "QUARANTINED");
    expect(quarantined).toHaveLength(1);
    expect(quarantined[0]?.quarantineReason).toContain(picture);
  });

  it("refuses paths outside the import roots, also through a link, and says nothing of whether they exist", async () => {
    const link = join(rig.folder, "link");
    await symlink("/etc", link);
    for (const path of ["/etc", "/no/such/path", join(scene, "../../.."), link]) {
      await expect(run(ingestInput(path))).rejects.toMatchObject({ code: "FORBIDDEN" });
    }
  });

  it("refuses an empty folder and labels of another length, each in a sentence", async () => {
    const empty = join(rig.folder, "empty");
    await mkdir(empty);
    await expect(run(ingestInput(empty))).rejects.toMatchObject({ code: "EMPTY_SOURCE" });
    const wrong = join(rig.folder, "wrong");
    await writeSyntheticScene(wrong, {
      width: 60,
      height: 40,
      trainingClips: 1,
      trainingFrames: 8,
      testFrames: 8,
    });
    const labels = { [(await readdir(join(wrong, "testing/frames")))[0] ?? ""]: [0, 1] };
    await writeFile(join(wrong, "frame_labels.json"), JSON.stringify(labels));
    await expect(run(ingestInput(wrong))).rejects.toMatchObject({ code: "LABEL_MISMATCH" });
  });

  it("leaves no version behind when it is canceled half-way", async () => {
    const stop = new AbortController();
    const input = ingestInput(scene, { datasetSlug: "canceled" });
    const job = await rig.createJob("INGEST", input);
    const context = await rig.contextOf(job, {
      signal: stop.signal,
      report: ({ phase, done }) => phase === "store" && done >= 3 && stop.abort(),
    });
    await expect(ingest(context, input)).rejects.toThrow();
    await requestJobCancel(rig.db, rig.owner.projectId, job.id);
    expect(await rig.db.prisma.dataset.count({ where: { slug: "canceled" } })).toBe(0);
  });
});
