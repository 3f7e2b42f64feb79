// `engram evaluate`: an EVALUATE job on the newest scoring run of a data set, then its figures and events.
import { AppError, LIVE_SMOOTHING_FRAMES } from "@engram/core";
import {
  collectPages,
  createEvaluateJobMutation,
  type EngramClient,
  eventsQuery,
  MAX_PAGE_SIZE,
  scoringRunQuery,
} from "@engram/sdk";
import type { Connection } from "../connection.ts";
import { payload } from "../jobs.ts";
import { localizationTables } from "../localization-tables.ts";
import { measured, print, printJson, table } from "../output.ts";
import { readyDataset } from "../project.ts";
import { protocolTables } from "../protocol-tables.ts";
import { watchToSuccess } from "../watch.ts";

export async function evaluate(
  connection: Connection,
  datasetSlug: string,
  options: { readonly run: number | null; readonly isJson: boolean },
): Promise<void> {
  const { client } = connection;
  const number = options.run ?? (await newestRun(client, datasetSlug));
  const { id: scoringRunId } = await fetchRun(client, number);
  const created = await client.request(createEvaluateJobMutation, { input: { scoringRunId } });
  const job = payload(created.createEvaluateJob, created.createEvaluateJob.job);
  await watchToSuccess(client, job.number);
  const run = await fetchRun(client, number);
  const events = await allEvents(client, number);
  if (options.isJson) {
    printJson({
      dataset: datasetSlug,
      scoringRun: number,
      policy: run.policy ?? null,
      evaluation: run.evaluation ?? null,
      events,
    });
    return;
  }
  print(`Scoring run ${number}: ${run.modelVersion.model.slug}@${run.modelVersion.number} on ${datasetSlug}`);
  if (run.evaluation) printEvaluation(run.evaluation);
  else print("No ground truth: nothing to compare with.");
  if (run.datasetVersion.kind === "IMAGES") printFlagged(events);
  else printEvents(events);
}

type Evaluation = NonNullable<Awaited<ReturnType<typeof fetchRun>>["evaluation"]>;
type RunEvent = Awaited<ReturnType<typeof allEvents>>[number];

async function fetchRun(client: EngramClient, number: number) {
  const { project } = await client.request(scoringRunQuery, { number });
  if (!project?.scoringRun) throw new AppError("NOT_FOUND", `There is no scoring run ${number}.`);
  return project.scoringRun;
}

async function newestRun(client: EngramClient, datasetSlug: string): Promise<number> {
  const { version } = await readyDataset(client, datasetSlug);
  if (version.latestScoringRun) return version.latestScoringRun.number;
  throw new AppError("NOT_FOUND", `"${datasetSlug}" has not been scored: run "engram score ${datasetSlug}".`);
}

async function allEvents(client: EngramClient, number: number) {
  const events = await collectPages(async (after) => {
    const { project } = await client.request(eventsQuery, { number, first: MAX_PAGE_SIZE, after });
    return project?.scoringRun?.events;
  });
  return events ?? [];
}

function printEvaluation(evaluation: Evaluation): void {
  const [unit, event] = evaluation.kind === "IMAGES" ? ["pictures", "flagged picture"] : ["frames", "event"];
  print(
    table(
      ["figure", "value"],
      [
        ...(evaluation.kind === "IMAGES"
          ? [["image AUROC (no normalization)", measured(evaluation.frameAuroc)]]
          : videoRows(evaluation)),
        ...laneRows(evaluation.rawLaneAuroc, "alone, no normalization"),
        ["abnormality AUROC (as live: no normalization)", measured(evaluation.abnormalityAuroc)],
        [`${event} precision`, measured(evaluation.events.precision, 3)],
        [`${event} recall`, measured(evaluation.events.recall, 3)],
        [`scored ${unit}, abnormal of them`, `${evaluation.scoredFrames}, ${evaluation.abnormalFrames}`],
      ],
    ),
  );
  for (const tables of [protocolTables(evaluation), localizationTables(evaluation)]) {
    if (tables !== "") print(`\n${tables}`);
  }
}

function videoRows(evaluation: Evaluation): string[][] {
  return [
    ["frame AUROC (MNAD protocol: per-clip min–max)", measured(evaluation.frameAuroc)],
    [`macro AUROC (${evaluation.oneClassClips} one-class clips left out)`, measured(evaluation.macroAuroc)],
    ...laneRows(evaluation.laneAuroc, "alone"),
    ...laneRows(
      evaluation.liveLaneAuroc,
      `alone, no normalization, mean of the last ${LIVE_SMOOTHING_FRAMES} frames`,
    ),
  ];
}

function laneRows(figures: Evaluation["laneAuroc"], how: string): string[][] {
  return figures.map(({ lane, measured: figure }) => [`  ${lane.toLowerCase()} ${how}`, measured(figure)]);
}

const truth = (isTrue: boolean | null | undefined) => (isTrue == null ? "-" : isTrue ? "yes" : "no");

/** Each flagged picture is an event of its own. */
function printFlagged(events: readonly RunEvent[]): void {
  print(`\n${events.length} flagged pictures`);
  if (events.length === 0) return;
  print(
    table(
      ["folder", "picture", "abnormality", "in ground truth"],
      events.map(({ clip, peakFrame, peakFrameName, peakAbnormality, isTruePositive }) => [
        ...[clip.name, peakFrameName ?? peakFrame, peakAbnormality.toFixed(3), truth(isTruePositive)],
      ]),
    ),
  );
}

function printEvents(events: readonly RunEvent[]): void {
  print(`\n${events.length} events`);
  if (events.length === 0) return;
  print(
    table(
      ["clip", "from", "to", "peak", "at frame", "in ground truth"],
      events.map((event) => [
        event.clip.name,
        event.startFrame,
        event.endFrame,
        event.peakAbnormality.toFixed(3),
        event.peakFrame,
        truth(event.isTruePositive),
      ]),
    ),
  );
}
