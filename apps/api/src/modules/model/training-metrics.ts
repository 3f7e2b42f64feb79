// What a training tells of its epochs: of a model version, and of a job that is still at it.
import {
  type EpochMetrics,
  type lossFields,
  type MemoryUsage,
  type TrainingMetrics,
  trainResumeSchema,
} from "@engram/core";
import { builder } from "../../schema/builder.ts";
import { parseColumn } from "../../schema/json-column.ts";

const MemoryUsageType = builder.objectRef<MemoryUsage>("MemoryUsage").implement({
  description: "Which memory items the queries of an epoch were addressed to.",
  fields: (t) => ({
    items: t.exposeInt("items"),
    shares: t.exposeFloatList("shares", {
      nullable: true,
      description: "Share of the queries by item, summing to 1; null of a memory of more than 64 items.",
    }),
    deadItems: t.exposeInt("deadItems", { description: "Items that no query was addressed to." }),
    entropy: t.exposeFloat("entropy", {
      description: "Of the shares, in nats: 0 where one item takes all, ln(items) where all take as many.",
    }),
  }),
});

type EpochColumn = keyof typeof lossFields | "learningRate" | "seconds";
type GappedColumn = "inputWaitSeconds" | "validationAuroc" | "calibrationLoss";

const TrainingEpochsType = builder
  .interfaceRef<{ readonly epochs: readonly EpochMetrics[] }>("TrainingEpochs")
  .implement({
    description:
      "One value an epoch. A term that the architecture's loss does not have is empty; null is what was not measured.",
    fields: (t) => {
      const column = (name: EpochColumn) =>
        t.floatList({
          resolve: ({ epochs }) => epochs.map((epoch) => epoch[name]).filter((value) => value !== undefined),
        });
      const gapped = (name: GappedColumn, description: string) =>
        t.floatList({
          description,
          nullable: { list: false, items: true },
          resolve: ({ epochs }) => epochs.map((epoch) => epoch[name]),
        });
      return {
        epoch: t.intList({ resolve: ({ epochs }) => epochs.map((epoch) => epoch.epoch) }),
        loss: column("loss"),
        pixelLoss: column("pixelLoss"),
        compactness: column("compactness"),
        separateness: column("separateness"),
        featureLoss: column("featureLoss"),
        distinctLoss: column("distinctLoss"),
        entropy: column("entropy"),
        learningRate: column("learningRate"),
        seconds: column("seconds"),
        inputWaitSeconds: gapped(
          "inputWaitSeconds",
          "Part of `seconds` in which a step waited for its batch.",
        ),
        validationAuroc: gapped(
          "validationAuroc",
          "Frame AUROC of the labelled validation clips under MNAD's protocol, with frozen memory.",
        ),
        calibrationLoss: gapped(
          "calibrationLoss",
          "Mean squared error of calibration frames as they are scored, on the scale of pixelLoss.",
        ),
        memory: t.field({
          type: [MemoryUsageType],
          nullable: { list: false, items: true },
          resolve: ({ epochs }) => epochs.map(({ memory }) => memory),
        }),
      };
    },
  });

const TrainingUnderWayType = builder
  .objectRef<{ readonly epochs: readonly EpochMetrics[] }>("TrainingUnderWay")
  .implement({
    interfaces: [TrainingEpochsType],
    description: "The epochs that a running training has finished.",
  });

const BestEpochType = builder.objectRef<NonNullable<TrainingMetrics["best"]>>("BestEpoch").implement({
  description: "The best epoch by the monitored figure.",
  fields: (t) => ({
    monitor: t.exposeString("monitor", { description: "The hyper-parameter of that name." }),
    epoch: t.exposeInt("epoch"),
    value: t.exposeFloat("value"),
  }),
});

const EarlyStopType = builder.objectRef<NonNullable<TrainingMetrics["earlyStop"]>>("EarlyStop").implement({
  description: "Where training stopped before its last epoch, and why: one sentence.",
  fields: (t) => ({ epoch: t.exposeInt("epoch"), reason: t.exposeString("reason") }),
});

export const TrainingMetricsType = builder.objectRef<TrainingMetrics>("TrainingMetrics").implement({
  interfaces: [TrainingEpochsType],
  fields: (t) => ({
    steps: t.exposeInt("steps"),
    millisecondsPerStep: t.exposeFloat("millisecondsPerStep", { nullable: true }),
    device: t.exposeString("device"),
    parameterCount: t.exposeInt("parameterCount"),
    modelEpoch: t.int({
      nullable: true,
      description:
        "The epoch, from 0, at whose end the model stood as it is: the best where one is monitored, else the last.",
      resolve: ({ modelEpoch, epochs }) => modelEpoch ?? epochs.at(-1)?.epoch ?? null,
    }),
    best: t.expose("best", { type: BestEpochType, nullable: true }),
    earlyStop: t.expose("earlyStop", { type: EarlyStopType, nullable: true }),
  }),
});

builder.prismaObjectField("Job", "training", (t) =>
  t.field({
    type: TrainingUnderWayType,
    nullable: true,
    description:
      "TRAIN, from its first checkpoint until it ends: the metrics of the model version take over.",
    select: { kind: true, resume: true },
    resolve: ({ kind, resume }) =>
      kind === "TRAIN" && resume !== null ? parseColumn(trainResumeSchema, resume, "job.resume") : null,
  }),
);
