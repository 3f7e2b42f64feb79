// Scoring runs. A run is made together with its SCORE job, and its state follows the job's (job-transition.ts).
import {
  AppError,
  type Evaluation,
  type Lane,
  type MemoryMode,
  type Precision,
  type ScoreInput,
} from "@engram/core";
import { v7 as uuidv7 } from "uuid";
import type { Database } from "./database.ts";
import type { ScoringRun } from "./generated/prisma/client.ts";
import { createJob, type SubmittedJob } from "./job-repository.ts";

export interface NewScoringRun {
  readonly organizationId: string;
  readonly projectId: string;
  readonly modelVersionId: string;
  readonly datasetVersionId: string;
  readonly lanes: readonly Lane[];
  readonly maskThreshold: number | null;
  /** default: FP32 */
  readonly precision?: Precision;
  /** default: UPDATE */
  readonly memory?: MemoryMode;
  readonly policyId?: string | null;
  readonly idempotencyKey?: string | null;
  readonly createdById?: string | null;
}

/** The SCORE job and its run, both or neither; a key submitted before gives what came of it. */
export async function createScoringRun(
  db: Database,
  run: NewScoringRun,
): Promise<SubmittedJob & { readonly scoringRun: ScoringRun }> {
  const { organizationId, projectId, modelVersionId, datasetVersionId } = run;
  const { precision = "FP32", memory = "UPDATE" } = run;
  const scoringRunId = uuidv7();
  const input: ScoreInput = { scoringRunId, modelVersionId, datasetVersionId, precision, memory };
  const { idempotencyKey, createdById } = run;
  const submitted = await createJob(
    db,
    { organizationId, projectId, kind: "SCORE", input, idempotencyKey, createdById },
    async (client, job) => {
      await client.query(
        `INSERT INTO scoring_run (id, "organizationId", "projectId", "modelVersionId", "datasetVersionId",
           "jobId", lanes, "maskThreshold", "policyId", precision, memory)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
        [
          ...[scoringRunId, organizationId, projectId, modelVersionId, datasetVersionId, job.id],
          ...[run.lanes, run.maskThreshold, run.policyId ?? null, precision, memory],
        ],
      );
    },
  );
  const scoringRun = await db.prisma.scoringRun.findUnique({ where: { jobId: submitted.job.id } });
  if (scoringRun === null) throw new AppError("INTERNAL", "A SCORE job has no scoring run.");
  return { ...submitted, scoringRun };
}

export function findScoringRun(db: Database, projectId: string, id: string): Promise<ScoringRun | null> {
  return db.prisma.scoringRun.findUnique({ where: { id, projectId } });
}

/** Complete runs of a model version, newest first, with what they were scored on and decided by. */
export function listRunsOfModelVersion(db: Database, projectId: string, modelVersionId: string) {
  return db.prisma.scoringRun.findMany({
    where: { projectId, modelVersionId, state: "COMPLETE" },
    include: { policy: true, datasetVersion: { include: { dataset: true } } },
    orderBy: { id: "desc" },
  });
}

export async function saveScoringRunPolicy(
  db: Database,
  projectId: string,
  id: string,
  policyId: string,
): Promise<void> {
  await db.prisma.scoringRun.update({ where: { id, projectId }, data: { policyId } });
}

export async function saveEvaluation(
  db: Database,
  projectId: string,
  id: string,
  evaluation: Evaluation,
): Promise<void> {
  await db.prisma.scoringRun.update({ where: { id, projectId }, data: { evaluation } });
}
