// The figures of an evaluation under every protocol, and of its events, each with its interval.
import type { Estimate, Evaluation, ProtocolFigures } from "@engram/core";
import { builder } from "../../schema/builder.ts";
import { Averaging, Normalization, ScoreSmoothing, UnscorableFrames } from "../../schema/enums.ts";

const IntervalType = builder.objectRef<Estimate["interval"]>("Interval").implement({
  description:
    "A percentile interval of bootstrap resamples of whole clips, or of pictures; null with a reason where there is none.",
  fields: (t) => ({
    low: t.exposeFloat("low", { nullable: true }),
    high: t.exposeFloat("high", { nullable: true }),
    reason: t.exposeString("reason", { nullable: true }),
  }),
});

export const EstimateType = builder.objectRef<Estimate>("Estimate").implement({
  fields: (t) => ({
    value: t.exposeFloat("value", { nullable: true }),
    reason: t.exposeString("reason", { nullable: true }),
    interval: t.expose("interval", { type: IntervalType }),
  }),
});

export const ProtocolFiguresType = builder.objectRef<ProtocolFigures>("ProtocolFigures").implement({
  description: "How well scores tell abnormal frames from normal ones under one convention.",
  fields: (t) => ({
    normalization: t.expose("normalization", { type: Normalization }),
    smoothing: t.expose("smoothing", { type: ScoreSmoothing }),
    unscorable: t.expose("unscorable", { type: UnscorableFrames }),
    averaging: t.expose("averaging", { type: Averaging }),
    frames: t.exposeInt("frames"),
    abnormalFrames: t.exposeInt("abnormalFrames"),
    clips: t.exposeInt("clips"),
    clipsLeftOut: t.exposeInt("clipsLeftOut", {
      description: "Of MACRO: those without both classes. Of MICRO: those without a scored frame.",
    }),
    auroc: t.expose("auroc", { type: EstimateType }),
    averagePrecision: t.expose("averagePrecision", { type: EstimateType }),
    equalErrorRate: t.expose("equalErrorRate", { type: EstimateType }),
    f1Max: t.expose("f1Max", { type: EstimateType }),
    f1Threshold: t.exposeFloat("f1Threshold", {
      nullable: true,
      description: "Frames that score this or more are flagged at F1-max; null for MACRO.",
    }),
  }),
});

export const EventFiguresType = builder
  .objectRef<NonNullable<Evaluation["eventFigures"]>>("EventFigures")
  .implement({
    description: "Raised events against the true intervals, which the tolerance widens on both sides.",
    fields: (t) => ({
      toleranceFrames: t.exposeInt("toleranceFrames"),
      precision: t.expose("precision", { type: EstimateType }),
      recall: t.expose("recall", { type: EstimateType }),
      f1: t.expose("f1", { type: EstimateType }),
      medianLatencyFrames: t.expose("medianLatencyFrames", {
        type: EstimateType,
        description: "From the start of a true interval to the first flagged frame inside it.",
      }),
      undetected: t.exposeInt("undetected", {
        description: "True intervals in which no frame was flagged.",
      }),
    }),
  });

export const BootstrapType = builder.objectRef<NonNullable<Evaluation["bootstrap"]>>("Bootstrap").implement({
  description: "How the intervals were drawn.",
  fields: (t) => ({
    replicates: t.exposeInt("replicates"),
    level: t.exposeFloat("level"),
    seed: t.exposeInt("seed"),
  }),
});
