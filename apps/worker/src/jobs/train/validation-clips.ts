// The labelled clips by which a training is measured while it runs.
import { type ClipSummary, findFrameLabels, listClips } from "@engram/db";
import type { ValidationData } from "@engram/detectors";
import type { OpenClip } from "../../frames/open-clip.ts";
import type { JobContext } from "../job-context.ts";
import type { TrainingPlan } from "./clip-ranges.ts";

export interface ValidationClipRow {
  readonly clip: ClipSummary;
  readonly labels: Uint8Array;
}

/** Clips of the validation split that have labels; the others are of no use, and are warned of. */
export async function findValidationClips(
  { db, job, log }: Pick<JobContext, "db" | "job" | "log">,
  datasetVersionId: string,
): Promise<ValidationClipRow[]> {
  const { projectId } = job;
  const rows: ValidationClipRow[] = [];
  for (const clip of await listClips(db, { projectId, datasetVersionId }, { split: "VALIDATION" })) {
    const truth = await findFrameLabels(db, projectId, clip.id);
    if (truth === null) log.warn(`Validation clip "${clip.name}" has no labels: it is left out.`);
    else rows.push({ clip, labels: truth.labels });
  }
  return rows;
}

/**
 * What each epoch is measured on. Calibration frames count only where they are kept out of training. Folders of
 * pictures are of one class each, so that nothing is normalized within one.
 *
 * @param opened of each row, in their order
 */
export function validationData(
  rows: readonly ValidationClipRow[],
  opened: readonly OpenClip[],
  plan: TrainingPlan,
): ValidationData {
  return {
    clips: rows.map(({ labels }, index) => ({ source: opened[index]!, labels })),
    normalization: rows.some(({ clip }) => clip.kind === "IMAGES") ? "GLOBAL" : "PER_CLIP",
    calibration: plan.source === "CALIBRATION_FRAMES" ? plan.calibration : [],
  };
}
