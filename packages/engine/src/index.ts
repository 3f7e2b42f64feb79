export { ADAM_DEFAULTS, type AdamOptions, adamInitialState, adamStateSpecs, adamStep } from "./adam.ts";
export { type OpenDeviceOptions, openDevice } from "./device.ts";
export * as ops from "./ops.ts";
export { decodeSafetensors, encodeSafetensors } from "./safetensors.ts";
export * from "./step.ts";
