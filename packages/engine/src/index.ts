export { ADAM_DEFAULTS, type AdamOptions, adamInitialState, adamStateSpecs, adamStep } from "./adam.ts";
export { openDevice } from "./device.ts";
export * as ops from "./ops.ts";
export * from "./step.ts";
