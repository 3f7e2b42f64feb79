// The train form's values, made into the API's input: only what differs from the preset is sent.
import {
  findHyperparameterFault,
  type HyperparameterGroup,
  type HyperparameterKind,
  type HyperparameterValue,
  hyperparameterGroupSchema,
} from "@engram/core";
import { type ArchitectureInput, type ArchitecturesQuery, architectureInput, type Preset } from "@engram/sdk";

export type ArchitectureInfo = ArchitecturesQuery["architectures"][number];

const PRESETS: readonly Preset[] = ["COMPACT", "TINY", "PAPER"];

export function presetOf(name: string): Preset | null {
  return PRESETS.find((preset) => preset === name.toUpperCase()) ?? null;
}

/** The preset's values by name. */
export function presetValues(
  architecture: ArchitectureInfo,
  preset: Preset,
): Readonly<Record<string, HyperparameterValue>> {
  const values = architecture.presets.find(({ name }) => presetOf(name) === preset)?.values;
  if (typeof values !== "object" || values === null) return {};
  return Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, HyperparameterValue] =>
      ["number", "string", "boolean"].includes(typeof entry[1]),
    ),
  );
}

export interface HyperparametersOfGroup {
  readonly group: HyperparameterGroup;
  readonly members: ArchitectureInfo["hyperparameters"];
}

/** By what they are about, in the order of the groups; a group without any is left out. */
export function groupHyperparameters(
  hyperparameters: ArchitectureInfo["hyperparameters"],
): HyperparametersOfGroup[] {
  return hyperparameterGroupSchema.options
    .map((group) => ({ group, members: hyperparameters.filter((one) => one.group === group) }))
    .filter(({ members }) => members.length > 0);
}

export type TrainFormResult =
  | { readonly architecture: ArchitectureInput }
  | { readonly failure: { readonly field: string; readonly message: string } };

/**
 * `entries` are the form's texts by name of the hyper-parameter, a switch's "true" or "false"; an empty text means the
 * preset's value.
 */
export function prepareTrainInput(
  architecture: ArchitectureInfo,
  preset: Preset,
  entries: Readonly<Record<string, string>>,
): TrainFormResult {
  const defaults = presetValues(architecture, preset);
  const values: Record<string, HyperparameterValue> = {};
  for (const { name, kind } of architecture.hyperparameters) {
    const text = entries[name]?.trim() ?? "";
    if (text === "") continue;
    const value = parseEntry(kind, text);
    if (value === null) return { failure: { field: name, message: `“${text}” is not a number.` } };
    if (value !== defaults[name]) values[name] = value;
  }
  const fault = findHyperparameterFault(architecture.architecture, values);
  if (fault !== null) return { failure: { field: fault.name, message: fault.message } };
  return { architecture: architectureInput(architecture.architecture, values) };
}

/** null where a number is wanted and the text is none */
function parseEntry(kind: HyperparameterKind, text: string): HyperparameterValue | null {
  switch (kind) {
    case "NUMBER":
      return Number.isFinite(Number(text)) ? Number(text) : null;
    case "SWITCH":
      return text === "true";
    case "CHOICE":
    case "TEXT":
      return text;
    default:
      throw kind satisfies never;
  }
}
