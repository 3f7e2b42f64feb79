// The rows that a job makes: they follow its state, and go with it where it ends badly, in the same transaction, so
// that nobody meets half of a result, whoever it was that ended the job.
import type { JobState } from "@engram/core";
import type pg from "pg";
import type { Job, ScoringRunState } from "./generated/prisma/client.ts";
import { isTerminalJobState } from "./job-states.ts";

export async function settleJobProducts(client: pg.ClientBase, job: Job): Promise<void> {
  const hasFailed = job.state === "FAILED" || job.state === "CANCELED";
  switch (job.kind) {
    case "INGEST":
      if (hasFailed) await discardImport(client, job.id);
      return;
    case "TRAIN":
    case "IMPORT_MODEL":
      if (hasFailed) await discardModelVersion(client, job.id);
      return;
    case "SCORE":
      await settleScoringRun(client, job);
      if (hasFailed) await discardScores(client, job.id);
      return;
    case "EXPORT":
      if (hasFailed) await client.query(`DELETE FROM model_export WHERE "jobId" = $1`, [job.id]);
      return;
    case "EVALUATE":
      return;
    default:
      throw job.kind satisfies never;
  }
}

/** What an INGEST job had begun: its version while IMPORTING, and the dataset where that leaves it empty. */
export async function discardImport(client: pg.ClientBase, ingestJobId: string): Promise<void> {
  const { rows } = await client.query<{ datasetId: string }>(
    `DELETE FROM dataset_version WHERE "ingestJobId" = $1 AND state <> 'READY' RETURNING "datasetId"`,
    [ingestJobId],
  );
  for (const { datasetId } of rows) {
    await client.query(
      `DELETE FROM dataset WHERE id = $1
         AND NOT EXISTS (SELECT 1 FROM dataset_version WHERE "datasetId" = $1)`,
      [datasetId],
    );
  }
}

/** A model version that was just written when the end came; one that has scored meanwhile is whole, and stays. */
async function discardModelVersion(client: pg.ClientBase, trainJobId: string): Promise<void> {
  await client.query(
    `DELETE FROM model_version WHERE "trainJobId" = $1
       AND NOT EXISTS (SELECT 1 FROM scoring_run WHERE "modelVersionId" = model_version.id)`,
    [trainJobId],
  );
}

const RUN_STATE: Readonly<Record<JobState, ScoringRunState>> = {
  QUEUED: "PENDING",
  STARTING: "RUNNING",
  RUNNING: "RUNNING",
  PAUSING: "RUNNING",
  PAUSED: "PENDING",
  CANCELING: "RUNNING",
  INTERRUPTED: "PENDING",
  CANCELED: "CANCELED",
  SUCCEEDED: "COMPLETE",
  FAILED: "FAILED",
};

async function settleScoringRun(client: pg.ClientBase, job: Job): Promise<void> {
  await client.query(
    `UPDATE scoring_run SET state = $2::"ScoringRunState", "finishedAt" = CASE WHEN $3 THEN now() END WHERE "jobId" = $1`,
    [job.id, RUN_STATE[job.state], isTerminalJobState(job.state)],
  );
}

/** Everything that the run has written; the run itself stays, canceled or failed. */
async function discardScores(client: pg.ClientBase, scoreJobId: string): Promise<void> {
  const { rows } = await client.query<{ id: string }>(
    `UPDATE scoring_run SET evaluation = NULL WHERE "jobId" = $1 RETURNING id`,
    [scoreJobId],
  );
  const tables = [
    ...["event", "localization_mask", "error_map_block"],
    ...["error_histogram_block", "score_pyramid", "frame_score_block"],
  ];
  for (const { id } of rows) {
    for (const table of tables) await client.query(`DELETE FROM ${table} WHERE "scoringRunId" = $1`, [id]);
  }
}
