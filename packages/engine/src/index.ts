export { ADAM_DEFAULTS, type AdamOptions, adamInitialState, adamStateSpecs, adamStep } from "./adam.ts";
export { type OpenDeviceOptions, openDevice } from "./device.ts";
export { sizeOf } from "./host-data.ts";
export { listDevices } from "./list-devices.ts";
export {
  ENCODED_NAMES,
  type EncodedProgram,
  type EncodedStep,
  type EncodedTensor,
  encodeStep,
  openEncodedStep,
} from "./onnx/export.ts";
export type { ModelTexts } from "./onnx/model-proto.ts";
export * as ops from "./ops.ts";
export {
  decodeSafetensors,
  encodeSafetensors,
  readSafetensorsHeader,
  type SafetensorsEntry,
  type SafetensorsHeader,
  tensorBytes,
} from "./safetensors.ts";
export * from "./step.ts";
