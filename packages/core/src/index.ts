export * from "./checkpoint.ts";
export * from "./contracts.ts";
export * from "./errors.ts";
export * from "./evaluation.ts";
export { type BackgroundRule, backgroundRule } from "./hyperparameters/background.ts";
export {
  type HyperparameterInfo,
  type HyperparameterKind,
  type HyperparameterValue,
  hyperparameterKindSchema,
} from "./hyperparameters/describe.ts";
export { type HyperparameterGroup, hyperparameterGroupSchema } from "./hyperparameters/group.ts";
export type { MemaeHyperparameters, MemaeImageHyperparameters } from "./hyperparameters/memae.ts";
export type { MnadHyperparameters } from "./hyperparameters/mnad.ts";
export type { MpnHyperparameters } from "./hyperparameters/mpn.ts";
export type { PmbHyperparameters } from "./hyperparameters/pmb.ts";
export { type Monitor, monitorSchema, type Preset, presetSchema } from "./hyperparameters/training.ts";
export * from "./hyperparameters.ts";
export * from "./local-server.ts";
export * from "./model-export.ts";
export * from "./model-import.ts";
export * from "./published-mix.ts";
export * from "./training.ts";
export * from "./vocabulary.ts";
