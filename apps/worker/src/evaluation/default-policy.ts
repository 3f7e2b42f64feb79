// The policy of runs that none was chosen for: the project's "default", made by the first run that needs one. A model
// that lacks a lane of its mix, being of another architecture or calibrated long ago, has one named for its architecture.
import {
  architectureSlug,
  type Calibration,
  type DecisionPolicyRules,
  decisionPolicySchema,
  type TrainableArchitecture,
} from "@engram/core";
import { type Database, type DecisionPolicy, findLatestDecisionPolicy, saveDecisionPolicy } from "@engram/db";

interface ModelFacts {
  readonly architecture: TrainableArchitecture;
  readonly samples: Calibration["samples"];
}

interface Owner {
  readonly organizationId: string;
  readonly projectId: string;
}

const NAME = "default";

/** null where the project has none that the model could be decided by. */
export async function findDefaultPolicy(
  db: Database,
  projectId: string,
  { architecture, samples }: ModelFacts,
): Promise<DecisionPolicy | null> {
  const common = await findLatestDecisionPolicy(db, projectId, NAME);
  if (common === null || suits(common, samples)) return common;
  return findLatestDecisionPolicy(db, projectId, nameFor(architecture));
}

/** @param rules of the policy where it has to be made */
export async function ensureDefaultPolicy(
  db: Database,
  owner: Owner,
  model: ModelFacts,
  rules: DecisionPolicyRules,
): Promise<DecisionPolicy> {
  const known = await findDefaultPolicy(db, owner.projectId, model);
  if (known !== null) return known;
  const isFirst = (await findLatestDecisionPolicy(db, owner.projectId, NAME)) === null;
  const name = isFirst ? NAME : nameFor(model.architecture);
  return saveDecisionPolicy(db, { ...owner, name, rules });
}

/** Whether the model's calibration has samples of every lane that the policy mixes. */
export function suits({ rules }: DecisionPolicy, samples: Calibration["samples"]): boolean {
  const lanes = Object.keys(decisionPolicySchema.parse(rules).mix);
  return lanes.every((lane) => lane in samples);
}

function nameFor(architecture: TrainableArchitecture): string {
  return `${NAME}-${architectureSlug(architecture)}`;
}
