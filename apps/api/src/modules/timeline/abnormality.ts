// Abnormality of a run's frames: its policy's mix of lanes, mapped by what the model version knows of normal frames,
// then smoothed. The worker raises events from the same series.
import {
  type ClipKind,
  calibrationSchema,
  type DecisionPolicyRules,
  decisionPolicySchema,
  LANE_DIRECTION,
  type Lane,
  laneSchema,
  rulesForKind,
} from "@engram/core";
import type { Database, ScoringRun } from "@engram/db";
import { type AbnormalityMap, createAbnormalityMap, movingMean, windowReach } from "@engram/numerics";
import { parseColumn } from "../../schema/json-column.ts";
import type { Columns, FrameWindow } from "./columns.ts";

export type AbnormalityRule =
  | { readonly rules: DecisionPolicyRules; readonly map: AbnormalityMap<Lane>; readonly reason: null }
  | { readonly rules: DecisionPolicyRules | null; readonly map: null; readonly reason: string };

/** The policy's rules alone, as they are for such clips; null without a policy. */
export async function findRules(
  database: Database,
  run: ScoringRun,
  kind: ClipKind,
): Promise<DecisionPolicyRules | null> {
  if (run.policyId === null) return null;
  const policy = await database.prisma.decisionPolicy.findUnique({ where: { id: run.policyId } });
  if (policy === null) return null;
  return rulesForKind(parseColumn(decisionPolicySchema, policy.rules, "decision_policy.rules"), kind);
}

export async function findAbnormalityRule(
  database: Database,
  run: ScoringRun,
  kind: ClipKind,
): Promise<AbnormalityRule> {
  const rules = await findRules(database, run, kind);
  if (rules === null) return { rules, map: null, reason: "The run has no decision policy yet." };
  const version = await database.prisma.modelVersion.findUniqueOrThrow({
    where: { id: run.modelVersionId },
    select: { calibration: true },
  });
  const { samples } = parseColumn(calibrationSchema, version.calibration, "model_version.calibration");
  const result = createAbnormalityMap<Lane>({
    samples,
    directions: LANE_DIRECTION,
    weights: rules.mix,
  });
  if (result.map === null) return { rules, map: null, reason: result.reason };
  const missing = result.map.lanes.find((lane) => !run.lanes.includes(lane));
  if (missing === undefined) return { rules, map: result.map, reason: null };
  return { rules, map: null, reason: `The run has no lane ${missing}, which its policy mixes.` };
}

/** The window whose lanes are needed for the abnormality of `window`: smoothing looks beyond it. */
export function neededWindow(
  rules: DecisionPolicyRules,
  window: FrameWindow,
  frameCount: number,
): FrameWindow {
  const { before, after } = windowReach(rules.smoothingFrames, rules.smoothingAlignment);
  return { from: Math.max(0, window.from - before), to: Math.min(frameCount - 1, window.to + after) };
}

/** Abnormality of the frames of `window`, from columns over `read`. */
export function abnormalityOf(
  rule: { readonly rules: DecisionPolicyRules; readonly map: AbnormalityMap<Lane> },
  columns: Columns,
  read: FrameWindow,
  window: FrameWindow,
): Float64Array {
  const { smoothingFrames, smoothingAlignment } = rule.rules;
  const smoothed = movingMean(rule.map.ofColumns(columns), smoothingFrames, smoothingAlignment);
  return smoothed.subarray(window.from - read.from, window.to - read.from + 1);
}

/** Lanes of a run as core knows them. */
export function lanesOf(run: Pick<ScoringRun, "lanes">): Lane[] {
  return laneSchema.array().parse(run.lanes);
}
