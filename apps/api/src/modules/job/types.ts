import { type ImportReport, jobResultSchemas } from "@engram/core";
import { z } from "zod";
import { builder } from "../../schema/builder.ts";
import { organizationOf } from "../../schema/context.ts";
import { JobKind, JobState } from "../../schema/enums.ts";
import { parseColumn } from "../../schema/json-column.ts";
import { ImportReportType } from "../dataset/import-report.ts";
import { JobProgressType, progressOf } from "./progress.ts";
import { titleOfJob } from "./title.ts";

const ScoreResultType = builder.objectRef<z.infer<typeof jobResultSchemas.SCORE>>("ScoreResult").implement({
  fields: (t) => ({
    scoredFrames: t.exposeInt("scoredFrames"),
    flaggedFrames: t.exposeInt("flaggedFrames"),
    memoryUpdates: t.exposeInt("memoryUpdates"),
    millisecondsPerFrame: t.exposeFloat("millisecondsPerFrame", { nullable: true }),
  }),
});

builder.prismaObject("JobEvent", {
  select: { id: true },
  fields: (t) => ({
    id: t.exposeID("id"),
    fromState: t.expose("fromState", { type: JobState, nullable: true }),
    toState: t.expose("toState", { type: JobState }),
    attempt: t.exposeInt("attempt"),
    message: t.exposeString("message", { nullable: true }),
    at: t.expose("at", { type: "DateTime" }),
  }),
});

/** The ids that the inputs of several kinds share. */
const referencesSchema = z.object({
  datasetVersionId: z.uuid().optional(),
  scoringRunId: z.uuid().optional(),
});

builder.prismaNode("Job", {
  id: { field: "id" },
  nullable: true,
  select: { id: true, organizationId: true },
  findUnique: (id, context) => ({ id, organizationId: organizationOf(context) }),
  authScopes: (job, context) => job.organizationId === context.viewer?.organizationId,
  fields: (t) => ({
    number: t.exposeInt("number"),
    kind: t.expose("kind", { type: JobKind }),
    state: t.expose("state", { type: JobState }),
    attempt: t.exposeInt("attempt"),
    maxAttempts: t.exposeInt("maxAttempts"),
    progress: t.field({
      type: JobProgressType,
      nullable: true,
      select: { phase: true, done: true, total: true, unit: true, etaMs: true, figures: true },
      resolve: progressOf,
    }),
    errorCode: t.exposeString("errorCode", { nullable: true }),
    errorMessage: t.exposeString("errorMessage", { nullable: true }),
    device: t.exposeString("device", { nullable: true }),
    createdAt: t.expose("createdAt", { type: "DateTime" }),
    startedAt: t.expose("startedAt", { type: "DateTime", nullable: true }),
    finishedAt: t.expose("finishedAt", { type: "DateTime", nullable: true }),
    revision: t.exposeInt("revision"),
    title: t.string({
      description: "What it does, in words.",
      select: { kind: true, input: true },
      resolve: (job, _args, { loaders }) => titleOfJob(job, loaders),
    }),
    events: t.relation("events", { query: { orderBy: { id: "asc" } } }),
    importReport: t.field({
      type: ImportReportType,
      nullable: true,
      description: "INGEST",
      select: { kind: true, result: true },
      resolve: ({ kind, result }): ImportReport | null =>
        kind !== "INGEST" || result === null
          ? null
          : parseColumn(jobResultSchemas.INGEST, result, "job.result").report,
    }),
    datasetVersion: t.prismaField({
      type: "DatasetVersion",
      nullable: true,
      description: "What an INGEST made, what a TRAIN, IMPORT_MODEL or SCORE reads.",
      select: { kind: true, input: true, result: true },
      resolve: (_query, { kind, input, result }, _args, { loaders }) => {
        const id =
          kind === "INGEST"
            ? result && parseColumn(jobResultSchemas.INGEST, result, "job.result").datasetVersionId
            : parseColumn(referencesSchema, input, "job.input").datasetVersionId;
        return id ? loaders.datasetVersion.load(id) : null;
      },
    }),
    modelVersion: t.relation("modelVersion", { nullable: true, description: "TRAIN, IMPORT_MODEL" }),
    scoringRun: t.prismaField({
      type: "ScoringRun",
      nullable: true,
      description: "SCORE, EVALUATE",
      select: { input: true },
      resolve: (_query, { input }, _args, { loaders }) => {
        const id = parseColumn(referencesSchema, input, "job.input").scoringRunId;
        return id ? loaders.scoringRun.load(id) : null;
      },
    }),
    scoreResult: t.field({
      type: ScoreResultType,
      nullable: true,
      description: "SCORE, once done",
      select: { kind: true, result: true },
      resolve: ({ kind, result }) =>
        kind === "SCORE" && result !== null
          ? parseColumn(jobResultSchemas.SCORE, result, "job.result")
          : null,
    }),
  }),
});
