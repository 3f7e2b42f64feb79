export * from "./calibrate.ts";
export * from "./checkpoint.ts";
export * from "./detector.ts";
export { smoothErrorMap } from "./error-map.ts";
export type { ClipRange, FrameSource } from "./frames.ts";
export { createDetector } from "./registry.ts";
export { cosineLearningRate } from "./schedule.ts";
export * from "./score.ts";
export * from "./train.ts";
