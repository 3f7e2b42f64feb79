export * from "./calibrate.ts";
export { type CheckpointFile, type CheckpointFolder, MANIFEST_FILE } from "./checkpoint/files.ts";
export { openTrainingCheckpoint, readModelCheckpoint } from "./checkpoint/read.ts";
export { modelCheckpointFiles, trainingCheckpointFiles } from "./checkpoint/write.ts";
export * from "./detector.ts";
export { type CorrectedErrors, measureErrors, peakError, smoothErrorMap } from "./error-map.ts";
export {
  type DescribedTensor,
  type ExportedModel,
  exportModel,
} from "./export/export-model.ts";
export { measureParity, PARITY_TOLERANCE } from "./export/parity.ts";
export type { ClipRange, FrameSource } from "./frames.ts";
export * from "./mix-lanes.ts";
export {
  type PublishedForm,
  type PublishedWeights,
  publishedSpecs,
  readPublishedWeights,
} from "./mnad/published-weights.ts";
export type { ScoringPrecision } from "./precision.ts";
export { createDetector } from "./registry.ts";
export { cosineLearningRate } from "./schedule.ts";
export * from "./score.ts";
export * from "./train.ts";
export type { Losses, ResumePoint, TrainingCheckpoint } from "./training-position.ts";
export type { ValidationClip, ValidationData } from "./validation.ts";
