import type { FrameMask } from "@engram/db";
import { builder } from "../../schema/builder.ts";
import { ErrorMapKind, Lane } from "../../schema/enums.ts";
import type { ErrorHistogram, FrameScore, HeatMap } from "./service.ts";

const LaneValue = builder.objectRef<FrameScore["lanes"][number]>("LaneValue").implement({
  fields: (t) => ({
    lane: t.expose("lane", { type: Lane }),
    value: t.exposeFloat("value", { nullable: true }),
  }),
});

const ErrorHistogramType = builder.objectRef<ErrorHistogram>("ErrorHistogram").implement({
  description: "counts[i] pixels have an error in [edges[i], edges[i+1]).",
  fields: (t) => ({
    edges: t.floatList({ resolve: ({ edges }) => [...edges] }),
    counts: t.intList({ resolve: ({ counts }) => [...counts] }),
  }),
});

const HeatMapType = builder.objectRef<HeatMap>("HeatMap").implement({
  description:
    "Raw numbers at url: width*height unsigned integers of bitsPerPixel bits (8, or 16 little-endian), row-major; the largest stands for scaleMax. Stretched over the picture.",
  fields: (t) => ({
    url: t.exposeString("url"),
    width: t.exposeInt("width"),
    height: t.exposeInt("height"),
    scaleMax: t.exposeFloat("scaleMax"),
    bitsPerPixel: t.exposeInt("bitsPerPixel"),
  }),
});

const LocalizationRegion = builder.objectRef<FrameMask["regions"][number]>("LocalizationRegion").implement({
  fields: (t) => ({
    x: t.exposeInt("x"),
    y: t.exposeInt("y"),
    width: t.exposeInt("width"),
    height: t.exposeInt("height"),
    areaPx: t.exposeInt("areaPx"),
    centroidX: t.exposeFloat("centroidX"),
    centroidY: t.exposeFloat("centroidY"),
    peak: t.exposeFloat("peak"),
  }),
});

const LocalizationMask = builder.objectRef<FrameMask>("LocalizationMask").implement({
  description:
    "Pixels that are flagged, as run lengths. Of a picture, in its own pixels; of a video, in those of the model's input.",
  fields: (t) => ({
    width: t.exposeInt("width"),
    height: t.exposeInt("height"),
    threshold: t.exposeFloat("threshold"),
    areaPx: t.exposeInt("areaPx"),
    runs: t.intList({ resolve: ({ runs }) => Array.from(runs) }),
    regions: t.field({ type: [LocalizationRegion], resolve: ({ regions }) => [...regions] }),
  }),
});

export const FrameScoreType = builder.objectRef<FrameScore>("FrameScore").implement({
  fields: (t) => ({
    frame: t.exposeInt("frame"),
    ptsMs: t.exposeFloat("ptsMs", { nullable: true }),
    lanes: t.field({
      type: [LaneValue],
      description: "A value is null for a frame that cannot be scored.",
      resolve: ({ lanes }) => [...lanes],
    }),
    abnormality: t.exposeFloat("abnormality", { nullable: true }),
    reason: t.exposeString("reason", { nullable: true }),
    isAbnormalInGroundTruth: t.exposeBoolean("isAbnormalInGroundTruth", { nullable: true }),
    histogram: t.field({
      type: ErrorHistogramType,
      nullable: true,
      args: { kind: t.arg({ type: ErrorMapKind, defaultValue: "RAW" }) },
      description: "CORRECTED is null where an older version scored.",
      resolve: (score, { kind }, { services }) => services.frameScores.findHistogram(score, kind ?? "RAW"),
    }),
    backgroundError: t.float({
      nullable: true,
      description:
        "What of each pixel's error is the background's, by histogram error estimation: what lies above it is a corrected error.",
      resolve: (score, _args, { services }) => services.frameScores.findBackgroundError(score),
    }),
    heatMap: t.field({
      type: HeatMapType,
      nullable: true,
      resolve: (score, _args, { services }) => services.frameScores.findHeatMap(score),
    }),
    mask: t.field({
      type: LocalizationMask,
      nullable: true,
      resolve: (score, _args, { services }) => services.frameScores.findMask(score),
    }),
  }),
});
