import { evaluationSchema } from "@engram/core";
import { builder } from "../../schema/builder.ts";
import { organizationOf } from "../../schema/context.ts";
import { Lane, MemoryMode, Precision, ScoringRunState } from "../../schema/enums.ts";
import { uuidOf } from "../../schema/global-id.ts";
import { parseColumn } from "../../schema/json-column.ts";
import { PAGED } from "../../schema/page.ts";
import { lanesOf } from "../timeline/abnormality.ts";
import { ScoringRunClipType } from "./clip-types.ts";
import { EvaluationType } from "./evaluation.ts";

builder.prismaNode("DecisionPolicy", {
  id: { field: "id" },
  nullable: true,
  select: { id: true, organizationId: true },
  findUnique: (id, context) => ({ id, organizationId: organizationOf(context) }),
  authScopes: (policy, context) => policy.organizationId === context.viewer?.organizationId,
  fields: (t) => ({
    name: t.exposeString("name"),
    number: t.exposeInt("number"),
    rules: t.expose("rules", { type: "JSON" }),
  }),
});

builder.prismaNode("ScoringRun", {
  id: { field: "id" },
  nullable: true,
  select: { id: true, organizationId: true },
  findUnique: (id, context) => ({ id, organizationId: organizationOf(context) }),
  authScopes: (run, context) => run.organizationId === context.viewer?.organizationId,
  fields: (t) => ({
    number: t.exposeInt("number"),
    state: t.expose("state", { type: ScoringRunState }),
    precision: t.expose("precision", { type: Precision }),
    memory: t.expose("memory", { type: MemoryMode }),
    modelVersion: t.relation("modelVersion"),
    datasetVersion: t.relation("datasetVersion"),
    job: t.relation("job"),
    createdAt: t.expose("createdAt", { type: "DateTime" }),
    finishedAt: t.expose("finishedAt", { type: "DateTime", nullable: true }),
    lanes: t.field({ type: [Lane], select: { lanes: true }, resolve: (run) => lanesOf(run) }),
    maskThreshold: t.exposeFloat("maskThreshold", { nullable: true }),
    policy: t.relation("policy", { nullable: true }),
    evaluation: t.field({
      type: EvaluationType,
      nullable: true,
      select: { evaluation: true },
      resolve: ({ evaluation }) =>
        evaluation === null ? null : parseColumn(evaluationSchema, evaluation, "scoring_run.evaluation"),
    }),
    clips: t.connection(
      {
        type: ScoringRunClipType,
        description: "The test clips, in the order in which they are scored.",
        select: { id: true },
        resolve: ({ id }, args, { services }) => services.scoringRuns.listClips(id, args),
      },
      { name: "ScoringRunClipConnection" },
      { name: "ScoringRunClipEdge" },
    ),
    events: t.relatedConnection(
      "events",
      {
        ...PAGED,
        totalCount: true,
        description: "What the run's policy raised.",
        args: { clipId: t.arg.id() },
        query: ({ clipId }) => ({
          where: {
            ...(clipId == null ? {} : { clipId: uuidOf("Clip", clipId) ?? { in: [] } }),
          },
          orderBy: [{ clip: { ordinal: "asc" } }, { startFrame: "asc" }, { id: "asc" }],
        }),
      },
      { name: "EventConnection" },
      { name: "EventEdge" },
    ),
  }),
});
