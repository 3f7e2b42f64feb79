export * from "./checkpoint.ts";
export * from "./contracts.ts";
export * from "./errors.ts";
export type { MnadHyperparameters } from "./hyperparameters/mnad.ts";
export { type Preset, presetSchema } from "./hyperparameters/training.ts";
export * from "./hyperparameters.ts";
export * from "./local-server.ts";
export * from "./model-export.ts";
export * from "./vocabulary.ts";
