// How far a job is: a phase, what is done of what, and the phase's live figures.
import type { Job } from "@engram/db";
import { z } from "zod";
import { builder } from "../../schema/builder.ts";
import { parseColumn } from "../../schema/json-column.ts";

interface Progress {
  readonly phase: string;
  readonly done: number;
  readonly total: number | null;
  readonly unit: string;
  readonly etaMs: number | null;
  readonly figures: readonly Figure[];
}
interface Figure {
  readonly name: string;
  readonly value: number | null;
}

const FigureType = builder.objectRef<Figure>("Figure").implement({
  fields: (t) => ({ name: t.exposeString("name"), value: t.exposeFloat("value", { nullable: true }) }),
});

export const JobProgressType = builder.objectRef<Progress>("JobProgress").implement({
  fields: (t) => ({
    phase: t.exposeString("phase"),
    done: t.exposeFloat("done"),
    total: t.exposeFloat("total", { nullable: true }),
    unit: t.exposeString("unit"),
    etaMs: t.exposeFloat("etaMs", { nullable: true }),
    figures: t.field({ type: [FigureType], resolve: ({ figures }) => [...figures] }),
  }),
});

/** What a reader wants to know first. PostgreSQL keeps the names of a JSON object by their length. */
const FIRST_FIGURES = [
  ...["epoch", "epochs", "loss", "millisecondsPerStep", "validationAuroc", "calibrationLoss"],
  ...["bestEpoch", "epochsSinceBest", "inputWaitShare"],
];

const figuresSchema = z.record(z.string(), z.number().nullable());

/** null before the first progress of an attempt. */
export function progressOf(
  job: Pick<Job, "phase" | "done" | "total" | "unit" | "etaMs" | "figures">,
): Progress | null {
  const { phase, done, total, unit, etaMs } = job;
  if (phase === null || done === null || unit === null) return null;
  const figures = job.figures === null ? {} : parseColumn(figuresSchema, job.figures, "job.figures");
  const named = Object.entries(figures).map(([name, value]) => ({ name, value }));
  named.sort((a, b) => rankOf(a) - rankOf(b));
  return { phase, done, total, unit, etaMs, figures: named };
}

function rankOf({ name }: Figure): number {
  const rank = FIRST_FIGURES.indexOf(name);
  return rank < 0 ? FIRST_FIGURES.length : rank;
}
