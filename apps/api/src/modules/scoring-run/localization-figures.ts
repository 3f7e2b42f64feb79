// How well a run finds where its frames are abnormal, against the masks of the ground truth.
import type { LocalizationFigures, PixelFigures } from "@engram/core";
import { builder } from "../../schema/builder.ts";
import { ErrorMapKind } from "../../schema/enums.ts";
import { EstimateType } from "./protocol-figures.ts";

const PixelFiguresType = builder.objectRef<PixelFigures>("PixelFigures").implement({
  description: "How well error maps tell abnormal pixels from normal ones, over all frames together.",
  fields: (t) => ({
    map: t.expose("map", { type: ErrorMapKind }),
    auroc: t.expose("auroc", { type: EstimateType }),
    averagePrecision: t.expose("averagePrecision", { type: EstimateType }),
    f1Max: t.expose("f1Max", { type: EstimateType }),
    f1Threshold: t.exposeFloat("f1Threshold", {
      nullable: true,
      description: "Pixels of this error or more are flagged at F1-max.",
    }),
    aupro: t.expose("aupro", {
      type: EstimateType,
      description: "Mean overlap with the masks' regions, up to a pixel false-positive rate of fprLimit.",
    }),
    fprLimit: t.exposeFloat("fprLimit"),
    aurocTolerance: t.exposeFloat("aurocTolerance", {
      nullable: true,
      description: "How far auroc may be from that of all distinct errors: 0 where each was a threshold.",
    }),
  }),
});

export const LocalizationFiguresType = builder
  .objectRef<LocalizationFigures>("LocalizationFigures")
  .implement({
    description: "Error maps and raised regions against the masks of the ground truth.",
    fields: (t) => ({
      frames: t.exposeInt("frames"),
      framesLeftOut: t.exposeInt("framesLeftOut", { description: "Abnormal frames without a mask." }),
      pixels: t.exposeFloat("pixels", { description: "A whole number that may pass 32 bits." }),
      abnormalPixels: t.exposeFloat("abnormalPixels"),
      regions: t.exposeInt("regions", { description: "Connected regions of the masks, of all frames." }),
      tracks: t.exposeInt("tracks", {
        description: "Regions of neighbouring frames that overlap are one track.",
      }),
      pixelFigures: t.expose("pixelFigures", { type: [PixelFiguresType] }),
      rbdc: t.expose("rbdc", { type: EstimateType, description: "Region-based detection criterion." }),
      tbdc: t.expose("tbdc", { type: EstimateType, description: "Track-based detection criterion." }),
      falseLimit: t.exposeFloat("falseLimit", {
        description: "False regions a frame up to which both criteria look.",
      }),
      overlap: t.exposeFloat("overlap", {
        description: "Intersection over union from which on a raised region finds a true one.",
      }),
      trackShare: t.exposeFloat("trackShare", {
        description: "Share of a track's regions that have to be found.",
      }),
      falseRegionsPerFrame: t.exposeFloat("falseRegionsPerFrame", {
        nullable: true,
        description: "With every raised region counted: where the curves of both criteria end.",
      }),
    }),
  });
