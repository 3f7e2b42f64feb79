import { builder } from "../../schema/builder.ts";
import { prismaOf } from "../../schema/context.ts";
import { Lane } from "../../schema/enums.ts";
import { FrameIntervalType } from "./frame-interval.ts";
import type { Timeline, TimelineLaneData } from "./service.ts";

/** A gap is null: GraphQL has no NaN, and a zero would be a measurement. */
function nullable(values: ArrayLike<number>): (number | null)[] {
  return Array.from(values, (value) => (Number.isFinite(value) ? value : null));
}

const TimelineLaneType = builder.objectRef<TimelineLaneData>("TimelineLane").implement({
  description: "One list per reduction; null elements are gaps.",
  fields: (t) => {
    const list = (reduction: "min" | "max" | "mean") =>
      t.field({
        type: ["Float"],
        nullable: { list: false, items: true },
        resolve: ({ reduced, points }) =>
          reduced ? nullable(reduced[reduction]) : new Array<null>(points).fill(null),
      });
    return {
      lane: t.expose("lane", { type: Lane }),
      min: list("min"),
      max: list("max"),
      mean: list("mean"),
      reason: t.exposeString("reason", { nullable: true }),
    };
  },
});

export const TimelineType = builder.objectRef<Timeline>("Timeline").implement({
  fields: (t) => ({
    framesPerPoint: t.exposeInt("framesPerPoint"),
    frameCount: t.exposeInt("frameCount"),
    startFrame: t.intList({
      description: "First frame of each point.",
      resolve: ({ startFrame }) => Array.from(startFrame),
    }),
    ptsMs: t.floatList({
      nullable: true,
      description: "Presentation time of each point; null where the source has no clock.",
      resolve: (timeline, _args, { services }) => services.timelines.findPtsMs(timeline),
    }),
    lanes: t.field({ type: [TimelineLaneType], resolve: ({ lanes }) => [...lanes] }),
    enterThreshold: t.exposeFloat("enterThreshold", {
      nullable: true,
      description: "Abnormality at which an event opens; null without a policy.",
    }),
    leaveThreshold: t.exposeFloat("leaveThreshold", {
      nullable: true,
      description: "Abnormality below which an event closes; null without a policy.",
    }),
    gaps: t.field({
      type: [FrameIntervalType],
      description: "Stretches that were not, or cannot be, scored.",
      resolve: ({ gaps }) => [...gaps],
    }),
    events: t.prismaField({
      type: ["Event"],
      resolve: (query, { run, clip, window }, _args, context) =>
        run.policyId === null
          ? []
          : prismaOf(context).event.findMany({
              ...query,
              where: {
                scoringRunId: run.id,
                policyId: run.policyId,
                clipId: clip.id,
                startFrame: { lte: window.to },
                endFrame: { gte: window.from },
              },
              orderBy: { startFrame: "asc" },
            }),
    }),
    groundTruth: t.field({
      type: [FrameIntervalType],
      nullable: true,
      resolve: (timeline, _args, { services, loaders }) =>
        services.timelines.findGroundTruth(timeline, loaders),
    }),
    isComplete: t.boolean({ resolve: ({ run }) => run.state === "COMPLETE" }),
  }),
});
