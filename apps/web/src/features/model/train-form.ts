// The train form's values, made into the API's input: only what differs from the preset is sent.
import { findHyperparameterFault, trainableArchitectureSchema } from "@engram/core";
import { type ArchitectureInput, type ArchitecturesQuery, architectureInput, type Preset } from "@engram/sdk";

export type ArchitectureInfo = ArchitecturesQuery["architectures"][number];

const PRESETS: readonly Preset[] = ["COMPACT", "TINY", "PAPER"];

export function presetOf(name: string): Preset | null {
  return PRESETS.find((preset) => preset === name.toUpperCase()) ?? null;
}

/** The preset's values by name; what is not a number is left out. */
export function presetValues(
  architecture: ArchitectureInfo,
  preset: Preset,
): Readonly<Record<string, number>> {
  const values = architecture.presets.find(({ name }) => presetOf(name) === preset)?.values;
  if (typeof values !== "object" || values === null) return {};
  return Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, number] => typeof entry[1] === "number"),
  );
}

export type TrainFormResult =
  | { readonly architecture: ArchitectureInput }
  | { readonly failure: { readonly field: string; readonly message: string } };

/** `entries` are the form's texts by name of the hyper-parameter; an empty text means the preset's value. */
export function prepareTrainInput(
  architecture: ArchitectureInfo,
  preset: Preset,
  entries: Readonly<Record<string, string>>,
): TrainFormResult {
  const defaults = presetValues(architecture, preset);
  const values: Record<string, number> = {};
  for (const { name } of architecture.hyperparameters) {
    const text = entries[name]?.trim() ?? "";
    if (text === "") continue;
    const value = Number(text);
    if (!Number.isFinite(value)) return { failure: { field: name, message: `“${text}” is not a number.` } };
    if (value !== defaults[name]) values[name] = value;
  }
  const kind = trainableArchitectureSchema.safeParse(architecture.architecture);
  if (!kind.success) {
    return { failure: { field: "architecture", message: `${architecture.slug} cannot be trained here.` } };
  }
  const fault = findHyperparameterFault(kind.data, values);
  if (fault !== null) return { failure: { field: fault.name, message: fault.message } };
  return { architecture: architectureInput(kind.data, values) };
}
