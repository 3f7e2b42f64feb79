// An architecture and what is laid over its preset, as an input: made of core's schemas, so that a new architecture or
// hyper-parameter needs nothing here.
import {
  AppError,
  architectureField,
  describeHyperparameters,
  type HyperparameterInfo,
  type TrainableArchitecture,
  trainableArchitectureSchema,
} from "@engram/core";
import { builder } from "../../schema/builder.ts";

type EnumRef = ReturnType<typeof builder.enumType<string, readonly string[]>>;

const choiceTypes = new Map<string, { readonly choices: readonly string[]; readonly type: EnumRef }>();

/** `updateMaximum` → enum `UpdateMaximum`, one for all architectures that have it. */
function choiceType({ name, description, choices }: HyperparameterInfo): EnumRef {
  const known = choiceTypes.get(name);
  if (known !== undefined) {
    if (known.choices.join() === choices.join()) return known.type;
    throw new Error(`The hyper-parameter "${name}" has other choices in another architecture: rename one.`);
  }
  const type = builder.enumType(pascalCase(name), { description, values: choices });
  choiceTypes.set(name, { choices, type });
  return type;
}

const HYPERPARAMETER_INPUTS = trainableArchitectureSchema.options.map((architecture) => {
  const field = architectureField(architecture);
  const type = builder.inputType(`${pascalCase(field)}Input`, {
    description: "Every value left out is the preset's.",
    fields: (t) => {
      const inputOf = (info: HyperparameterInfo) => {
        const { kind, description } = info;
        switch (kind) {
          case "NUMBER":
            return info.isInteger ? t.int({ description }) : t.float({ description });
          case "CHOICE":
            return t.field({ type: choiceType(info), description });
          case "SWITCH":
            return t.boolean({ description });
          case "TEXT":
            return t.string({ description });
          default:
            throw kind satisfies never;
        }
      };
      return Object.fromEntries(
        describeHyperparameters(architecture).map((info) => [info.name, inputOf(info)]),
      );
    },
  });
  return { architecture, field, type };
});

export const ArchitectureInput = builder.inputType("ArchitectureInput", {
  isOneOf: true,
  fields: (t) =>
    Object.fromEntries(HYPERPARAMETER_INPUTS.map(({ field, type }) => [field, t.field({ type })])),
});

/** The one architecture that is given, and what is given for it. @throws AppError BAD_INPUT where none is */
export function chosenArchitecture(input: Readonly<Record<string, unknown>>): {
  readonly architecture: TrainableArchitecture;
  readonly overrides: Readonly<Record<string, unknown>>;
} {
  const chosen = HYPERPARAMETER_INPUTS.find(({ field }) => input[field] != null);
  if (chosen === undefined)
    throw new AppError("BAD_INPUT", "No architecture is given.", { field: "architecture" });
  return { architecture: chosen.architecture, overrides: { ...Object(input[chosen.field]) } };
}

function pascalCase(name: string): string {
  return `${name[0]!.toUpperCase()}${name.slice(1)}`;
}
