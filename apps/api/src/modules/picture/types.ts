import { builder } from "../../schema/builder.ts";
import { PictureOrder, Split } from "../../schema/enums.ts";
import { encodeGlobalId, uuidOf } from "../../schema/global-id.ts";
import type { Picture } from "./service.ts";

const PictureType = builder.objectRef<Picture>("Picture").implement({
  description: "One picture of an IMAGES clip, with what a run says of it.",
  fields: (t) => ({
    clipId: t.id({ resolve: ({ clip }) => encodeGlobalId("Clip", clip.id) }),
    clipName: t.string({ description: "The folder.", resolve: ({ clip }) => clip.name }),
    split: t.field({ type: Split, resolve: ({ clip }) => clip.split }),
    frame: t.exposeInt("frame"),
    name: t.exposeString("name", { description: "File name." }),
    width: t.exposeInt("width"),
    height: t.exposeInt("height"),
    url: t.string({ resolve: ({ clip, frame }) => `/media/clips/${clip.id}/frames/${frame}` }),
    isAbnormalInGroundTruth: t.exposeBoolean("isAbnormalInGroundTruth", { nullable: true }),
    abnormality: t.exposeFloat("abnormality", {
      nullable: true,
      description: "Null without a run, and where the run has none.",
    }),
    isFlagged: t.exposeBoolean("isFlagged", {
      nullable: true,
      description: "Whether the run's policy raises an event for it.",
    }),
  }),
});

builder.prismaObjectField("DatasetVersion", "pictures", (t) =>
  t.connection(
    {
      type: PictureType,
      description:
        "The pictures of all IMAGES clips, folder by folder or the most abnormal first; forwards only.",
      args: {
        scoringRunId: t.arg.id({ description: "Whose scores are told; none by default." }),
        split: t.arg({ type: Split }),
        clipId: t.arg.id({ description: "Of this folder alone." }),
        order: t.arg({ type: PictureOrder, defaultValue: "NAME" }),
      },
      select: { id: true },
      resolve: async ({ id }, { scoringRunId, split, clipId, order, ...page }, { services, loaders }) => {
        const runId = scoringRunId == null ? null : uuidOf("ScoringRun", scoringRunId);
        const run = runId === null ? null : await loaders.scoringRun.load(runId);
        // An id of something else is that of no folder, as the version's own.
        const filter = {
          run: run?.datasetVersionId === id ? run : null,
          split: split ?? null,
          clipId: clipId == null ? null : (uuidOf("Clip", clipId) ?? id),
          order: order ?? "NAME",
        };
        return services.pictures.list(id, filter, page);
      },
    },
    { name: "PictureConnection", fields: (f) => ({ totalCount: f.exposeInt("totalCount") }) },
    { name: "PictureEdge" },
  ),
);
