import { builder } from "../../schema/builder.ts";
import { prismaOf } from "../../schema/context.ts";
import type { ScoringRunClip } from "./service.ts";

export const ScoringRunClipType = builder.objectRef<ScoringRunClip>("ScoringRunClip").implement({
  description: "A clip with what the run says of it.",
  fields: (t) => ({
    clip: t.prismaField({
      type: "Clip",
      // Found one by one in the code, and by Prisma in one query for the page.
      resolve: (query, { clipId }, _args, context) =>
        prismaOf(context).clip.findUniqueOrThrow({ ...query, where: { id: clipId } }),
    }),
    scoredFrames: t.exposeInt("scoredFrames"),
    peakAbnormality: t.exposeFloat("peakAbnormality", {
      nullable: true,
      description:
        "Largest abnormality of a frame; null where none has one, or the page holds too many frames.",
    }),
    eventCount: t.exposeInt("eventCount"),
  }),
});
