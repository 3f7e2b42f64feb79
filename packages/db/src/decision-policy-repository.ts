// Decision policies: a change makes a new row of the same name with the next number.
import { AppError, type DecisionPolicyRules } from "@engram/core";
import { v7 as uuidv7 } from "uuid";
import { type Database, inTransaction } from "./database.ts";
import type { DecisionPolicy } from "./generated/prisma/client.ts";

export interface NewDecisionPolicy {
  readonly organizationId: string;
  readonly projectId: string;
  readonly name: string;
  readonly rules: DecisionPolicyRules;
}

/** The policy's newest row where its rules are these, else its next one. */
export function saveDecisionPolicy(db: Database, policy: NewDecisionPolicy): Promise<DecisionPolicy> {
  const { organizationId, projectId, name } = policy;
  const rules = JSON.stringify(policy.rules);
  return inTransaction(db, async (client) => {
    // A project's policies are written one after the other, so that numbers have no gaps and no doubles.
    await client.query("SELECT 1 FROM project WHERE id = $1 FOR UPDATE", [projectId]);
    const latest = await client.query<DecisionPolicy & { isSame: boolean }>(
      `SELECT *, rules = $3::jsonb AS "isSame" FROM decision_policy
       WHERE "projectId" = $1 AND name = $2 ORDER BY number DESC LIMIT 1`,
      [projectId, name, rules],
    );
    const { isSame, ...known } = latest.rows[0] ?? { isSame: false };
    if (isSame && "id" in known) return known;
    const { rows } = await client.query<DecisionPolicy>(
      `INSERT INTO decision_policy (id, "organizationId", "projectId", name, number, rules)
       VALUES ($1, $2, $3, $4, $5, $6) RETURNING *`,
      [uuidv7(), organizationId, projectId, name, "number" in known ? known.number + 1 : 1, rules],
    );
    const saved = rows[0];
    if (saved === undefined) throw new AppError("INTERNAL", "A decision policy was not written.");
    return saved;
  });
}

export function findDecisionPolicy(
  db: Database,
  projectId: string,
  id: string,
): Promise<DecisionPolicy | null> {
  return db.prisma.decisionPolicy.findUnique({ where: { id, projectId } });
}

/** The newest row of the name. */
export function findLatestDecisionPolicy(
  db: Database,
  projectId: string,
  name: string,
): Promise<DecisionPolicy | null> {
  return db.prisma.decisionPolicy.findFirst({
    where: { projectId, name },
    orderBy: { number: "desc" },
  });
}
