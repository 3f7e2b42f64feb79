import { labelsToIntervals } from "@engram/numerics";
import { builder } from "../../schema/builder.ts";
import { organizationOf } from "../../schema/context.ts";

builder.prismaNode("Event", {
  id: { field: "id" },
  nullable: true,
  select: { id: true, organizationId: true },
  findUnique: (id, context) => ({ id, organizationId: organizationOf(context) }),
  authScopes: (event, context) => event.organizationId === context.viewer?.organizationId,
  fields: (t) => ({
    clip: t.relation("clip"),
    startFrame: t.exposeInt("startFrame"),
    endFrame: t.exposeInt("endFrame"),
    peakFrame: t.exposeInt("peakFrame"),
    peakFrameName: t.string({
      nullable: true,
      description: "File name of the picture at the peak; null for a video, whose frames have none.",
      select: { clipId: true, peakFrame: true },
      resolve: async ({ clipId, peakFrame }, _args, { loaders }) => {
        const names = await loaders.frameNames.load(clipId);
        return names[peakFrame] ?? null;
      },
    }),
    peakAbnormality: t.exposeFloat("peakAbnormality"),
    meanAbnormality: t.exposeFloat("meanAbnormality"),
    isTruePositive: t.boolean({
      nullable: true,
      description: "Whether it overlaps a ground-truth interval; null without labels.",
      select: { clipId: true, startFrame: true, endFrame: true },
      resolve: async ({ clipId, startFrame, endFrame }, _args, { loaders }) => {
        const labels = await loaders.labels.load(clipId);
        if (labels === null) return null;
        return labelsToIntervals(labels).some(
          (truth) => truth.startFrame <= endFrame && truth.endFrame >= startFrame,
        );
      },
    }),
  }),
});
