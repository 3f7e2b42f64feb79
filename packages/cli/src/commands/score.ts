// `engram score`: one model version over the newest version of a data set.
import type { MemoryMode, Precision } from "@engram/core";
import { createScoreJobMutation } from "@engram/sdk";
import type { Connection } from "../connection.ts";
import { payload } from "../jobs.ts";
import { print, printJson } from "../output.ts";
import { findModelVersion, readyDataset } from "../project.ts";
import { watchToSuccess } from "../watch.ts";

export interface ScoreOptions {
  readonly model: string;
  readonly precision: Precision;
  readonly memory: MemoryMode;
  readonly isWatching: boolean;
  readonly isJson: boolean;
}

export async function score(
  connection: Connection,
  datasetSlug: string,
  options: ScoreOptions,
): Promise<void> {
  const { version } = await readyDataset(connection.client, datasetSlug);
  const modelVersion = await findModelVersion(connection.client, datasetSlug, options.model);
  const { precision, memory } = options;
  const created = await connection.client.request(createScoreJobMutation, {
    input: { modelVersionId: modelVersion.id, datasetVersionId: version.id, precision, memory },
  });
  const job = payload(created.createScoreJob, created.createScoreJob.job);
  if (!options.isWatching && !connection.isOwnServer) {
    if (options.isJson) printJson({ job: job.number });
    else print(`Scoring as job ${job.number}: "engram watch ${job.number}" shows how it goes.`);
    return;
  }
  const done = await watchToSuccess(connection.client, job.number);
  if (options.isJson) {
    printJson({
      job: job.number,
      scoringRun: done.scoringRun?.number ?? null,
      result: done.scoreResult ?? null,
    });
    return;
  }
  const result = done.scoreResult;
  if (!result) return;
  const unit = version.kind === "IMAGES" ? "picture" : "frame";
  const perUnit =
    result.millisecondsPerFrame == null ? "" : `, ${result.millisecondsPerFrame.toFixed(1)} ms per ${unit}`;
  print(
    `scoring run ${done.scoringRun?.number}: ${result.scoredFrames} ${unit}s scored, ${result.flaggedFrames} flagged, ` +
      `${result.memoryUpdates} memory updates${perUnit}`,
  );
}
