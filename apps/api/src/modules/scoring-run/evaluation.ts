import {
  type Evaluation,
  type Lane as LaneName,
  LIVE_SMOOTHING_FRAMES,
  laneSchema,
  type Measured,
} from "@engram/core";
import { builder } from "../../schema/builder.ts";
import { ClipKind, Lane } from "../../schema/enums.ts";
import { LocalizationFiguresType } from "./localization-figures.ts";
import { BootstrapType, EventFiguresType, ProtocolFiguresType } from "./protocol-figures.ts";

const MeasuredType = builder.objectRef<Measured>("Measured").implement({
  fields: (t) => ({
    value: t.exposeFloat("value", { nullable: true }),
    reason: t.exposeString("reason", { nullable: true }),
  }),
});

const LaneMeasured = builder.objectRef<{ lane: LaneName; measured: Measured }>("LaneMeasured").implement({
  fields: (t) => ({
    lane: t.expose("lane", { type: Lane }),
    measured: t.expose("measured", { type: MeasuredType }),
  }),
});

const EventEvaluation = builder.objectRef<Evaluation["events"]>("EventEvaluation").implement({
  fields: (t) => ({
    raised: t.exposeInt("raised"),
    truth: t.exposeInt("truth"),
    precision: t.expose("precision", { type: MeasuredType }),
    recall: t.expose("recall", { type: MeasuredType }),
  }),
});

function byLane(figures: Evaluation["laneAuroc"]): { lane: LaneName; measured: Measured }[] {
  return laneSchema.options.flatMap((lane) => {
    const measured = figures[lane];
    return measured ? [{ lane, measured }] : [];
  });
}

export const EvaluationType = builder.objectRef<Evaluation>("Evaluation").implement({
  fields: (t) => ({
    kind: t.expose("kind", {
      type: ClipKind,
      description:
        "IMAGES: each picture stands for itself, and the one protocol is that without normalization and smoothing.",
    }),
    scoredFrames: t.exposeInt("scoredFrames"),
    abnormalFrames: t.exposeInt("abnormalFrames"),
    frameAuroc: t.expose("frameAuroc", { type: MeasuredType }),
    laneAuroc: t.field({
      type: [LaneMeasured],
      description: "Each lane alone, min–max normalized over each clip; none of pictures.",
      resolve: ({ laneAuroc }) => byLane(laneAuroc),
    }),
    rawLaneAuroc: t.field({
      type: [LaneMeasured],
      description: "Each lane alone, without any normalization; empty where an older version evaluated.",
      resolve: ({ rawLaneAuroc }) => byLane(rawLaneAuroc),
    }),
    liveLaneAuroc: t.field({
      type: [LaneMeasured],
      description: `As rawLaneAuroc, each lane smoothed by a mean over the last ${LIVE_SMOOTHING_FRAMES} frames: what a live camera can have; none of pictures.`,
      resolve: ({ liveLaneAuroc }) => byLane(liveLaneAuroc),
    }),
    abnormalityAuroc: t.expose("abnormalityAuroc", { type: MeasuredType }),
    macroAuroc: t.expose("macroAuroc", { type: MeasuredType }),
    oneClassClips: t.exposeInt("oneClassClips"),
    events: t.expose("events", { type: EventEvaluation }),
    eventFigures: t.expose("eventFigures", {
      type: EventFiguresType,
      nullable: true,
      description: "Null where an older version evaluated.",
    }),
    protocols: t.expose("protocols", {
      type: [ProtocolFiguresType],
      description: "Every convention that the kind has; empty where an older version evaluated.",
    }),
    localization: t.expose("localization", {
      type: LocalizationFiguresType,
      nullable: true,
      description: "Null where an older version evaluated.",
    }),
    bootstrap: t.expose("bootstrap", { type: BootstrapType, nullable: true }),
  }),
});
