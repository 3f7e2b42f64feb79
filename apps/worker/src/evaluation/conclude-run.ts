// What follows from a run's stored scores, and needs no device: events by the run's policy, and the evaluation where
// there is ground truth. SCORE ends with it, EVALUATE is nothing else.
import {
  type Calibration,
  calibrationSchema,
  type DecisionPolicyRules,
  decisionPolicySchema,
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
  findLatestDecisionPolicy,
  type Model,
  type ModelVersion,
  type NewEvent,
  readScoreBlocks,
  replaceEvents,
  type ScoringRun,
  saveDecisionPolicy,
  saveEvaluation,
  saveScoringRunPolicy,
} from "@engram/db";
import type { JobContext } from "../jobs/job-context.ts";
import { startPhase } from "../progress.ts";
import { createDecisionMaker, defaultPolicyRules } from "./decide.ts";
import { evaluateClips, type LabelledClip } from "./evaluate.ts";

type Lanes = Partial<Record<Lane, Float32Array>>;

export async function concludeRun(
  context: JobContext,
  run: ScoringRun,
  model: ModelVersion & { readonly model: Model },
  clips: readonly ClipSummary[],
): Promise<void> {
  const { db, job, signal, log } = context;
  const architecture = trainableArchitectureSchema.parse(model.model.architecture);
  const published = publishedMix(architecture, parseHyperparameters(architecture, model.hyperparameters));
  const calibration: Calibration = calibrationSchema.parse(model.calibration);
  const policy = await policyOf(context, run, defaultPolicyRules(published, calibration.samples));
  const { decide, reason } = createDecisionMaker(decisionPolicySchema.parse(policy.rules), calibration);
  if (reason !== null) log.warn(`No events can be raised: ${reason}`);
  const phase = startPhase({ ...context, phase: "evaluate", unit: "clips", total: clips.length });
  const labelled: LabelledClip[] = [];
  const raised: NewEvent[] = [];
  for (const [index, clip] of clips.entries()) {
    signal.throwIfAborted();
    const lanes = await readLanes(context, run.id, clip);
    const decision = decide === null ? null : decide(lanes, clip.kind);
    const events = decision?.events ?? [];
    raised.push(...events.map((event) => ({ clipId: clip.id, ...event })));
    const truth = await findFrameLabels(db, job.projectId, clip.id);
    if (truth !== null) {
      labelled.push({ lanes, labels: truth.labels, abnormality: decision?.abnormality ?? null, events });
    }
    phase.update(index + 1);
  }
  const { organizationId, projectId } = job;
  await replaceEvents(db, { organizationId, projectId, scoringRunId: run.id, policyId: policy.id }, raised);
  if (labelled.length === 0) return;
  const lanes = laneSchema.array().parse(run.lanes);
  const weights = mixOverLanes(published, lanes);
  const evaluation = evaluateClips(labelled, lanes, { weights, samples: calibration.samples }, reason);
  await saveEvaluation(db, projectId, run.id, evaluation);
}

/** The run's own policy, or the project's "default", which the first run makes. */
async function policyOf(
  { db, job }: JobContext,
  run: ScoringRun,
  rules: DecisionPolicyRules,
): Promise<DecisionPolicy> {
  const { organizationId, projectId } = job;
  if (run.policyId !== null) {
    const chosen = await findDecisionPolicy(db, projectId, run.policyId);
    if (chosen !== null) return chosen;
  }
  const name = "default";
  const policy =
    (await findLatestDecisionPolicy(db, projectId, name)) ??
    (await saveDecisionPolicy(db, { organizationId, projectId, name, rules }));
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
