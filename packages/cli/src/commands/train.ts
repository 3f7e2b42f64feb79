// `engram train`: one job, optionally waited for.
import { type Preset, parseArchitecture } from "@engram/core";
import { architectureInput, createTrainJobMutation } from "@engram/sdk";
import type { Connection } from "../connection.ts";
import type { HyperparameterOptions } from "../hyperparameter-options.ts";
import { payload } from "../jobs.ts";
import { print, printJson } from "../output.ts";
import { readyDataset } from "../project.ts";
import { watchToSuccess } from "../watch.ts";

export interface TrainOptions {
  readonly architecture: string;
  readonly preset: Preset;
  readonly calibration: "HOLD_OUT" | "NONE";
  readonly modelName?: string;
  readonly hyperparameters: HyperparameterOptions;
  readonly isWatching: boolean;
  readonly isJson: boolean;
}

export async function train(
  connection: Connection,
  datasetSlug: string,
  options: TrainOptions,
): Promise<void> {
  const architecture = parseArchitecture(options.architecture);
  const { version } = await readyDataset(connection.client, datasetSlug);
  const created = await connection.client.request(createTrainJobMutation, {
    input: {
      datasetVersionId: version.id,
      architecture: architectureInput(architecture, options.hyperparameters),
      preset: options.preset.toUpperCase() as "PAPER" | "COMPACT" | "TINY",
      calibration: options.calibration,
      modelName: options.modelName ?? null,
    },
  });
  const job = payload(created.createTrainJob, created.createTrainJob.job);
  if (!options.isWatching && !connection.isOwnServer) {
    if (options.isJson) printJson({ job: job.number });
    else print(`Training as job ${job.number}: "engram watch ${job.number}" shows how it goes.`);
    return;
  }
  const { modelVersion } = await watchToSuccess(connection.client, job.number);
  if (!modelVersion) return;
  const { model, number, metrics } = modelVersion;
  if (options.isJson) {
    printJson({ job: job.number, model: model.slug, version: number, metrics });
    return;
  }
  const perStep =
    metrics.millisecondsPerStep == null ? "" : `, ${metrics.millisecondsPerStep.toFixed(1)} ms per step`;
  print(`${model.slug}@${number}: ${metrics.steps} steps on ${metrics.device}${perStep}`);
  const { best, earlyStop } = metrics;
  if (earlyStop) print(`stopped after epoch ${earlyStop.epoch + 1}: ${earlyStop.reason}`);
  if (best)
    print(
      `the model is of epoch ${best.epoch + 1}, the best by ${best.monitor}: ${best.value.toPrecision(4)}`,
    );
}
