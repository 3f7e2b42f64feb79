export * from "./contracts.ts";
export * from "./errors.ts";
export * from "./hyperparameters.ts";
export * from "./vocabulary.ts";
