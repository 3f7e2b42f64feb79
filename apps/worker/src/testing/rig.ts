// What the worker's tests run against: a database of their own, a store in a temporary folder, one project.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type IngestInput,
  type JobKind,
  type JobProgress,
  type MnadHyperparameters,
  resolveHyperparameters,
} from "@engram/core";
import { claimJob, createJob, type Database, ensureProject, type Job } from "@engram/db";
import { openDevice } from "@engram/engine";
import { type BlobStore, createBlobStore } from "@engram/storage";
import { pino } from "pino";
import type { JobContext } from "../jobs/job-context.ts";

export interface Rig {
  readonly folder: string;
  readonly databaseUrl: string;
  readonly storageUrl: string;
  readonly db: Database;
  readonly blobs: BlobStore;
  readonly owner: { readonly organizationId: string; readonly projectId: string };
  createJob(kind: JobKind, input: unknown): Promise<Job>;
  /** a job in this process's hands, as a handler gets it */
  claimJob(job: Job): Promise<Job>;
  /** what a handler of this job gets, in this process */
  contextOf(job: Job, more?: Partial<JobContext>): Promise<JobContext & { readonly reports: JobProgress[] }>;
  close(): Promise<void>;
}

/** What testkit's startTestDatabase gives. */
export interface RigDatabase {
  readonly url: string;
  readonly db: Database;
  close(): Promise<void>;
}

export async function startRig(database: RigDatabase): Promise<Rig> {
  const folder = await mkdtemp(join(tmpdir(), "engram-worker-test-"));
  const { db, url: databaseUrl } = database;
  const storageUrl = join(folder, "blobs");
  const blobs = createBlobStore(storageUrl);
  const organization = await db.prisma.organization.create({ data: { name: "Test", slug: "test" } });
  const project = await ensureProject(db, { organizationId: organization.id, name: "Test", slug: "test" });
  const owner = { organizationId: organization.id, projectId: project.id };
  return {
    ...{ folder, databaseUrl, storageUrl, db, blobs, owner },
    createJob: async (kind, input) => (await createJob(db, { ...owner, kind, input })).job,
    async claimJob(job) {
      const claimed = await claimJob(db, job, { workerId: "test" });
      if (claimed === null) throw new Error("The job was not to be had.");
      return claimed;
    },
    contextOf: (job, more) => contextOf({ folder, db, blobs }, job, more),
    async close() {
      await database.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function contextOf(
  rig: Pick<Rig, "folder" | "db" | "blobs">,
  job: Job,
  more: Partial<JobContext> = {},
) {
  const reports: JobProgress[] = [];
  return {
    job,
    db: rig.db,
    blobs: rig.blobs,
    log: pino({ level: "silent" }),
    signal: new AbortController().signal,
    tempFolder: await mkdtemp(join(rig.folder, "job-")),
    importRoots: [rig.folder],
    clock: () => performance.now(),
    report: (progress: JobProgress) => void reports.push(progress),
    openDevice: () => openDevice("onnx-cpu", { report: () => undefined }),
    reports,
    ...more,
  };
}

/** As small as a detector gets. */
export function smallHyperparameters(overrides: Partial<MnadHyperparameters> = {}): MnadHyperparameters {
  return resolveHyperparameters("MNAD_PREDICTION", "tiny", { size: 32, width: 4, epochs: 1, ...overrides });
}

export function ingestInput(path: string, more: Partial<IngestInput> = {}): IngestInput {
  return {
    source: { kind: "SERVER_PATH", path },
    ...{ datasetName: "Scene", datasetSlug: "scene", layout: null, isDryRun: false },
    ...more,
  };
}
