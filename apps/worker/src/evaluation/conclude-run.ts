// What follows from a run's stored scores, and needs no device: events by the run's policy, and the evaluation where
// there is ground truth. SCORE ends with it, EVALUATE is nothing else.
import {
  backgroundRule,
  type Calibration,
  calibrationSchema,
  decisionPolicySchema,
  type Evaluation,
  FRAMES_PER_BLOCK,
  type Lane,
  laneSchema,
  mixOverLanes,
  parseHyperparameters,
  publishedMix,
  trainableArchitectureSchema,
} from "@engram/core";
import {
  type ClipSummary,
  type DecisionPolicy,
  findDecisionPolicy,
  findFrameLabels,
  type Model,
  type ModelVersion,
  type NewEvent,
  readScoreBlocks,
  replaceEvents,
  type ScoringRun,
  saveEvaluation,
  saveScoringRunPolicy,
} from "@engram/db";
import type { JobContext } from "../jobs/job-context.ts";
import { startPhase } from "../progress.ts";
import { createDecisionMaker, defaultPolicyRules } from "./decide.ts";
import { ensureDefaultPolicy, suits } from "./default-policy.ts";
import { bootstrapOf, evaluateClips, type LabelledClip } from "./evaluate.ts";
import { measureLocalization, type TruthClip } from "./localization.ts";

type Lanes = Partial<Record<Lane, Float32Array>>;

export async function concludeRun(
  context: JobContext,
  run: ScoringRun,
  model: ModelVersion & { readonly model: Model },
  clips: readonly ClipSummary[],
): Promise<void> {
  const { db, job, signal, log } = context;
  const architecture = trainableArchitectureSchema.parse(model.model.architecture);
  const hyperparameters = parseHyperparameters(architecture, model.hyperparameters);
  const published = publishedMix(architecture, hyperparameters);
  const calibration: Calibration = calibrationSchema.parse(model.calibration);
  const { samples } = calibration;
  const rules = defaultPolicyRules(published, samples);
  const policy = await policyOf(context, run, samples, () =>
    ensureDefaultPolicy(db, ownerOf(job), { architecture, samples }, rules),
  );
  const { decide, reason } = createDecisionMaker(decisionPolicySchema.parse(policy.rules), calibration);
  if (reason !== null) log.warn(`No events can be raised: ${reason}`);
  const phase = startPhase({ ...context, phase: "evaluate", unit: "clips", total: clips.length });
  const labelled: LabelledClip[] = [];
  const truths: TruthClip[] = [];
  const raised: NewEvent[] = [];
  for (const [index, clip] of clips.entries()) {
    signal.throwIfAborted();
    const lanes = await readLanes(context, run.id, clip);
    const decision = decide === null ? null : decide(lanes, clip.kind);
    const events = decision?.events ?? [];
    raised.push(...events.map((event) => ({ clipId: clip.id, ...event })));
    const truth = await findFrameLabels(db, job.projectId, clip.id);
    if (truth !== null) {
      const abnormality = decision?.abnormality ?? null;
      labelled.push({ kind: clip.kind, lanes, labels: truth.labels, abnormality, events });
      truths.push({ clip, truth, isScored: (frame) => isScored(lanes, frame) });
    }
    phase.update(index + 1);
  }
  let evaluation: Evaluation | null = null;
  if (labelled.length > 0) {
    const lanes = laneSchema.array().parse(run.lanes);
    const mix = { weights: mixOverLanes(published, lanes), samples: calibration.samples };
    const rule = backgroundRule(hyperparameters, calibration.backgroundError);
    const options = { rule, bootstrap: bootstrapOf(labelled) };
    const localization = await measureLocalization(context, run, truths, options);
    evaluation = { ...evaluateClips(labelled, lanes, mix, reason), localization };
  }
  await replaceEvents(db, { ...ownerOf(job), scoringRunId: run.id, policyId: policy.id }, raised);
  if (evaluation !== null) await saveEvaluation(db, job.projectId, run.id, evaluation);
}

/** A frame is scored as a whole or not at all: any lane tells. */
function isScored(lanes: Lanes, frame: number): boolean {
  return Object.values(lanes).some((values) => Number.isFinite(values[frame]));
}

function ownerOf({ organizationId, projectId }: JobContext["job"]) {
  return { organizationId, projectId };
}

/**
 * The run's own policy, or the default one, which the run keeps: also where its own mixes a lane that the model is no
 * longer calibrated for, having been made by an older version.
 */
async function policyOf(
  { db, job }: JobContext,
  run: ScoringRun,
  samples: Calibration["samples"],
  ensureDefault: () => Promise<DecisionPolicy>,
): Promise<DecisionPolicy> {
  const { projectId } = job;
  if (run.policyId !== null) {
    const chosen = await findDecisionPolicy(db, projectId, run.policyId);
    if (chosen !== null && suits(chosen, samples)) return chosen;
  }
  const policy = await ensureDefault();
  await saveScoringRunPolicy(db, projectId, run.id, policy.id);
  return policy;
}

/** A clip's lanes as stored, one value a frame. */
async function readLanes({ db }: JobContext, scoringRunId: string, clip: ClipSummary): Promise<Lanes> {
  const lastBlock = Math.ceil(clip.frameCount / FRAMES_PER_BLOCK) - 1;
  const blocks = await readScoreBlocks(db, { scoringRunId, clipId: clip.id }, 0, lastBlock);
  const lanes: Lanes = {};
  for (const { block, frameCount, lanes: names, values } of blocks) {
    names.forEach((lane, index) => {
      lanes[lane] ??= new Float32Array(clip.frameCount).fill(Number.NaN);
      const part = values.subarray(index * frameCount, (index + 1) * frameCount);
      lanes[lane].set(part, block * FRAMES_PER_BLOCK);
    });
  }
  return lanes;
}
