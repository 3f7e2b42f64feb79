// `engram timeline`: a clip's timeline in the newest scoring run of its data set, or in a named one.
import { AppError, type TimelineLane, timelineLaneSchema } from "@engram/core";
import { clipTimelineQuery, datasetClipQuery, type EngramClient, scoringRunClipQuery } from "@engram/sdk";
import { print, printJson, table } from "../output.ts";
import { parseClipPath } from "../project.ts";

export interface TimelineOptions {
  /** number of a scoring run; null: the data set's newest */
  readonly run: number | null;
  readonly lanes: readonly TimelineLane[];
  readonly from: number | null;
  readonly to: number | null;
  readonly maxPoints: number;
  readonly isJson: boolean;
}

/** `abnormality,psnr` → lanes. @throws AppError BAD_INPUT */
export function parseLanes(text: string): TimelineLane[] {
  return text.split(",").map((name) => {
    const lane = timelineLaneSchema.safeParse(name.trim().toUpperCase().replaceAll("-", "_"));
    if (lane.success) return lane.data;
    const known = timelineLaneSchema.options.map((option) => option.toLowerCase().replaceAll("_", "-"));
    throw new AppError("BAD_INPUT", `Unknown lane "${name}": expected some of ${known.join(", ")}.`);
  });
}

export async function timeline(client: EngramClient, path: string, options: TimelineOptions): Promise<void> {
  const { clip, scoringRun } = await findClip(client, path, options.run);
  const { node } = await client.request(clipTimelineQuery, {
    clipId: clip.id,
    scoringRunId: scoringRun.id,
    lanes: [...options.lanes],
    from: options.from,
    to: options.to,
    maxPoints: options.maxPoints,
  });
  const found = node?.__typename === "Clip" ? node.timeline : null;
  if (!found)
    throw new AppError("NOT_FOUND", `Scoring run ${scoringRun.number} has no timeline of "${path}".`);
  if (options.isJson) {
    printJson({ clip: path, scoringRun: scoringRun.number, ...found });
    return;
  }
  const header = ["frame", ...found.lanes.map(({ lane }) => lane.toLowerCase())];
  const rows = found.startFrame.map((frame, point) => [
    frame,
    ...found.lanes.map(({ max }) => max[point]?.toPrecision(5) ?? "-"),
  ]);
  print(table(header, rows));
  for (const { lane, reason } of found.lanes) if (reason) print(`${lane.toLowerCase()}: ${reason}`);
  for (const event of found.events) {
    print(
      `event: frames ${event.startFrame}–${event.endFrame}, peak ${event.peakAbnormality.toFixed(3)} at ${event.peakFrame}`,
    );
  }
}

async function findClip(client: EngramClient, path: string, run: number | null) {
  const { datasetSlug, split, clip: name } = parseClipPath(path);
  if (run !== null) {
    const { project } = await client.request(scoringRunClipQuery, { number: run, split, name });
    const scoringRun = project?.scoringRun;
    if (!scoringRun) throw new AppError("NOT_FOUND", `There is no scoring run ${run}.`);
    const clip = scoringRun.datasetVersion.clip;
    if (!clip || scoringRun.datasetVersion.dataset.slug !== datasetSlug) {
      throw new AppError("NOT_FOUND", `Scoring run ${run} has no clip "${path}".`);
    }
    return { clip, scoringRun };
  }
  const { project } = await client.request(datasetClipQuery, { slug: datasetSlug, split, name });
  const version = project?.dataset?.latestVersion;
  if (!version?.clip) throw new AppError("NOT_FOUND", `There is no clip "${path}".`);
  if (!version.latestScoringRun) {
    throw new AppError(
      "NOT_FOUND",
      `"${datasetSlug}" has not been scored: run "engram score ${datasetSlug}".`,
    );
  }
  return { clip: version.clip, scoringRun: version.latestScoringRun };
}
