import { labelsToIntervals } from "@engram/numerics";
import { builder } from "../../schema/builder.ts";
import { organizationOf } from "../../schema/context.ts";
import { ClipKind, ClipState, Lane, Split } from "../../schema/enums.ts";
import { uuidOf } from "../../schema/global-id.ts";
import { FrameScoreType } from "../frame-score/types.ts";
import { FrameIntervalType } from "../timeline/frame-interval.ts";
import { DEFAULT_MAX_POINTS } from "../timeline/service.ts";
import { TimelineType } from "../timeline/types.ts";

/** The columns that a clip's scores are found and dated by. */
const SCORED_CLIP = {
  id: true,
  organizationId: true,
  datasetVersionId: true,
  kind: true,
  frameCount: true,
  frameRate: true,
} as const;

builder.prismaNode("Clip", {
  id: { field: "id" },
  nullable: true,
  select: { id: true, organizationId: true },
  findUnique: (id, context) => ({ id, organizationId: organizationOf(context) }),
  authScopes: (clip, context) => clip.organizationId === context.viewer?.organizationId,
  fields: (t) => ({
    name: t.exposeString("name"),
    split: t.expose("split", { type: Split }),
    kind: t.expose("kind", { type: ClipKind }),
    state: t.expose("state", { type: ClipState }),
    quarantineReason: t.exposeString("quarantineReason", { nullable: true }),
    width: t.exposeInt("width", {
      description: "Of the frames; of pictures, the size that most of them have.",
    }),
    height: t.exposeInt("height"),
    frameCount: t.exposeInt("frameCount"),
    frameName: t.string({
      nullable: true,
      description:
        "File name of a picture; null for a video, whose frames have none, and outside of the clip.",
      args: { frame: t.arg.int({ required: true }) },
      select: { frameNames: true },
      resolve: ({ frameNames }, { frame }) => frameNames[frame] ?? null,
    }),
    frameRate: t.exposeFloat("frameRate", { nullable: true }),
    datasetVersion: t.relation("datasetVersion"),
    groundTruth: t.field({
      type: [FrameIntervalType],
      nullable: true,
      description: "Abnormal intervals of the ground truth, both ends inclusive; null without labels.",
      resolve: async ({ id }, _args, { loaders }) => {
        const labels = await loaders.labels.load(id);
        return labels === null ? null : labelsToIntervals(labels);
      },
    }),
    hasMasks: t.boolean({
      select: { frameLabels: { select: { maskHash: true } } },
      resolve: ({ frameLabels }) => frameLabels?.maskHash != null,
    }),
    frameUrlTemplate: t.string({
      description: "Path template for the frame's picture; replace {frame}. Same origin, needs the session.",
      resolve: ({ id }) => `/media/clips/${id}/frames/{frame}`,
    }),
    maskUrlTemplate: t.string({
      nullable: true,
      description: "Path template for the ground-truth mask (PNG); null without masks.",
      select: { frameLabels: { select: { maskHash: true } } },
      resolve: ({ id, frameLabels }) =>
        frameLabels?.maskHash == null ? null : `/media/clips/${id}/masks/{frame}`,
    }),
    timeline: t.field({
      type: TimelineType,
      nullable: true,
      description:
        "Frames from `from` to `to`, both inclusive; the whole clip by default. Zoomed out, the window is widened to whole points.",
      complexity: { field: 50, multiplier: 1 },
      args: {
        scoringRunId: t.arg.id({ required: true }),
        lanes: t.arg({ type: [Lane], required: true }),
        from: t.arg.int(),
        to: t.arg.int(),
        maxPoints: t.arg.int({ defaultValue: DEFAULT_MAX_POINTS }),
      },
      select: SCORED_CLIP,
      resolve: (clip, { scoringRunId, ...window }, { services, loaders }) =>
        services.timelines.read(clip, uuidOf("ScoringRun", scoringRunId), window, loaders),
    }),
    frameScore: t.field({
      type: FrameScoreType,
      nullable: true,
      complexity: { field: 10, multiplier: 1 },
      args: { scoringRunId: t.arg.id({ required: true }), frame: t.arg.int({ required: true }) },
      select: SCORED_CLIP,
      resolve: (clip, { scoringRunId, frame }, { services, loaders }) =>
        services.frameScores.find(clip, uuidOf("ScoringRun", scoringRunId), frame, loaders),
    }),
  }),
});
