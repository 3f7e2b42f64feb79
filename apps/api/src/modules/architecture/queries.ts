// What can be trained, told from core's schemas: forms and commands need no list of their own.
import {
  ARCHITECTURE_SUMMARY,
  architectureSlug,
  describeHyperparameters,
  type HyperparameterInfo,
  type Preset,
  presetSchema,
  resolveHyperparameters,
  type TrainableArchitecture,
  trainableArchitectureSchema,
} from "@engram/core";
import { builder } from "../../schema/builder.ts";
import { Architecture, HyperparameterGroup, HyperparameterKind } from "../../schema/enums.ts";

const HyperparameterInfoType = builder.objectRef<HyperparameterInfo>("HyperparameterInfo").implement({
  fields: (t) => ({
    name: t.exposeString("name"),
    description: t.exposeString("description"),
    group: t.expose("group", { type: HyperparameterGroup }),
    kind: t.expose("kind", { type: HyperparameterKind }),
    unit: t.exposeString("unit", { nullable: true }),
    minimum: t.exposeFloat("minimum", { nullable: true }),
    maximum: t.exposeFloat("maximum", { nullable: true }),
    isInteger: t.exposeBoolean("isInteger"),
    choices: t.exposeStringList("choices", { description: "Of a CHOICE; empty for the others." }),
    pattern: t.exposeString("pattern", {
      nullable: true,
      description: "A regular expression, of a TEXT that has one.",
    }),
  }),
});

const PresetInfoType = builder
  .objectRef<{ architecture: TrainableArchitecture; preset: Preset }>("PresetInfo")
  .implement({
    fields: (t) => ({
      name: t.exposeString("preset"),
      values: t.field({
        type: "JSON",
        resolve: ({ architecture, preset }) => resolveHyperparameters(architecture, preset),
      }),
    }),
  });

const ArchitectureInfoType = builder
  .objectRef<{ architecture: TrainableArchitecture }>("ArchitectureInfo")
  .implement({
    fields: (t) => ({
      architecture: t.expose("architecture", { type: Architecture }),
      slug: t.string({ resolve: ({ architecture }) => architectureSlug(architecture) }),
      summary: t.string({
        description: "What it does, in a sentence for someone who has to choose.",
        resolve: ({ architecture }) => ARCHITECTURE_SUMMARY[architecture],
      }),
      hyperparameters: t.field({
        type: [HyperparameterInfoType],
        resolve: ({ architecture }) => describeHyperparameters(architecture),
      }),
      presets: t.field({
        type: [PresetInfoType],
        resolve: ({ architecture }) => presetSchema.options.map((preset) => ({ architecture, preset })),
      }),
    }),
  });

builder.queryField("architectures", (t) =>
  t.field({
    type: [ArchitectureInfoType],
    description: "Architectures that can be trained, with their hyper-parameters and presets.",
    resolve: () => trainableArchitectureSchema.options.map((architecture) => ({ architecture })),
  }),
);
