import { type Evaluation, type Lane as LaneName, laneSchema, type Measured } from "@engram/core";
import { builder } from "../../schema/builder.ts";
import { Lane } from "../../schema/enums.ts";

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

export const EvaluationType = builder.objectRef<Evaluation>("Evaluation").implement({
  fields: (t) => ({
    scoredFrames: t.exposeInt("scoredFrames"),
    abnormalFrames: t.exposeInt("abnormalFrames"),
    frameAuroc: t.expose("frameAuroc", { type: MeasuredType }),
    laneAuroc: t.field({
      type: [LaneMeasured],
      resolve: ({ laneAuroc }) =>
        laneSchema.options.flatMap((lane) => {
          const measured = laneAuroc[lane];
          return measured ? [{ lane, measured }] : [];
        }),
    }),
    abnormalityAuroc: t.expose("abnormalityAuroc", { type: MeasuredType }),
    macroAuroc: t.expose("macroAuroc", { type: MeasuredType }),
    oneClassClips: t.exposeInt("oneClassClips"),
    events: t.expose("events", { type: EventEvaluation }),
  }),
});
