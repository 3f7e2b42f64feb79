// Events: what a policy raised in a run. They are derived, so they are replaced as a whole.
import { v7 as uuidv7 } from "uuid";
import { type Database, inTransaction } from "./database.ts";
import type { Event } from "./generated/prisma/client.ts";

export interface EventScope {
  readonly organizationId: string;
  readonly projectId: string;
  readonly scoringRunId: string;
  readonly policyId: string;
}

export type NewEvent = Pick<
  Event,
  "clipId" | "startFrame" | "endFrame" | "peakFrame" | "peakAbnormality" | "meanAbnormality"
>;

/** Readers see the earlier events or these, never a mixture. However many: they travel as columns. */
export function replaceEvents(db: Database, scope: EventScope, events: readonly NewEvent[]): Promise<void> {
  const { organizationId, projectId, scoringRunId, policyId } = scope;
  return inTransaction(db, async (client) => {
    await client.query(`DELETE FROM event WHERE "scoringRunId" = $1 AND "policyId" = $2`, [
      ...[scoringRunId, policyId],
    ]);
    await client.query(
      `INSERT INTO event ("organizationId", "projectId", "scoringRunId", "policyId",
         id, "clipId", "startFrame", "endFrame", "peakFrame", "peakAbnormality", "meanAbnormality")
       SELECT $1, $2, $3, $4, *
       FROM unnest($5::uuid[], $6::uuid[], $7::int[], $8::int[], $9::int[], $10::float8[], $11::float8[])`,
      [
        ...[organizationId, projectId, scoringRunId, policyId],
        events.map(() => uuidv7()),
        events.map(({ clipId }) => clipId),
        events.map(({ startFrame }) => startFrame),
        events.map(({ endFrame }) => endFrame),
        events.map(({ peakFrame }) => peakFrame),
        events.map(({ peakAbnormality }) => peakAbnormality),
        events.map(({ meanAbnormality }) => meanAbnormality),
      ],
    );
  });
}

/** In the order of clips' ids and frames. */
export function listEvents(
  db: Database,
  scope: { readonly projectId: string; readonly scoringRunId: string; readonly policyId: string },
  filter: { readonly clipId?: string } = {},
): Promise<Event[]> {
  return db.prisma.event.findMany({
    where: { ...scope, ...(filter.clipId === undefined ? {} : { clipId: filter.clipId }) },
    orderBy: [{ clipId: "asc" }, { startFrame: "asc" }],
  });
}
