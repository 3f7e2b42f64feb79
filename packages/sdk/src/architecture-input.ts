import { architectureField, type HyperparameterValue, type TrainableArchitecture } from "@engram/core";
import type { ArchitectureInput } from "./generated/graphql.ts";

/** The API's one-of input for an architecture; `values` are laid over a preset, what is undefined stays the preset's. */
export function architectureInput(
  architecture: TrainableArchitecture,
  values: Readonly<Record<string, HyperparameterValue | undefined>>,
): ArchitectureInput {
  // The field's name is made of the architecture's, here as in the API's schema.
  return { [architectureField(architecture)]: values } as unknown as ArchitectureInput;
}
