// Events: what a policy raised in a run. They are derived, so they are replaced as a whole.
import type { Database } from "./database.ts";
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

/** Readers see the earlier events or these, never a mixture. */
export async function replaceEvents(
  db: Database,
  scope: EventScope,
  events: readonly NewEvent[],
): Promise<void> {
  const { scoringRunId, policyId } = scope;
  await db.prisma.$transaction([
    db.prisma.event.deleteMany({ where: { scoringRunId, policyId } }),
    db.prisma.event.createMany({ data: events.map((event) => ({ ...scope, ...event })) }),
  ]);
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
