// Exports of model versions. One job per version and format does it for everybody who asks.
import type { ExportFormat, ExportInput, ExportParity } from "@engram/core";
import { type Database, inTransaction } from "./database.ts";
import type { Job, ModelExport } from "./generated/prisma/client.ts";
import { createJobWithin, type SubmittedJob } from "./job-repository.ts";

export interface NewExportJob {
  readonly organizationId: string;
  readonly projectId: string;
  readonly modelVersionId: string;
  readonly format: ExportFormat;
  readonly idempotencyKey?: string | null;
  readonly createdById?: string | null;
}

/** The EXPORT job of this version and format that is done or under way, else a new one. @throws AppError CONFLICT */
export function submitModelExport(db: Database, request: NewExportJob): Promise<SubmittedJob> {
  const { modelVersionId, format, ...owner } = request;
  return inTransaction(db, async (client) => {
    // Of two that ask at once the second waits here, and finds the job of the first.
    await client.query("SELECT 1 FROM model_version WHERE id = $1 FOR UPDATE", [modelVersionId]);
    const { rows } = await client.query<Job>(
      `SELECT * FROM job
       WHERE "projectId" = $1 AND kind = 'EXPORT' AND state NOT IN ('FAILED', 'CANCELING', 'CANCELED')
         AND input ->> 'modelVersionId' = $2 AND input ->> 'format' = $3
       ORDER BY id DESC LIMIT 1`,
      [owner.projectId, modelVersionId, format],
    );
    const existing = rows[0];
    if (existing !== undefined) return { job: existing, isNew: false };
    const input: ExportInput = { modelVersionId, format };
    return createJobWithin(client, { ...owner, kind: "EXPORT", input });
  });
}

export interface NewModelExport {
  readonly organizationId: string;
  readonly projectId: string;
  readonly modelVersionId: string;
  readonly jobId: string;
  readonly format: ExportFormat;
  readonly bundleHash: string;
  readonly sizeBytes: number;
  readonly parity: ExportParity;
}

/** What a later attempt of the same job writes takes the place of what an earlier one wrote. */
export function saveModelExport(db: Database, modelExport: NewModelExport): Promise<ModelExport> {
  const { bundleHash, parity } = modelExport;
  const sizeBytes = BigInt(modelExport.sizeBytes);
  return db.prisma.modelExport.upsert({
    where: { jobId: modelExport.jobId },
    create: { ...modelExport, sizeBytes },
    update: { bundleHash, sizeBytes, parity },
  });
}
