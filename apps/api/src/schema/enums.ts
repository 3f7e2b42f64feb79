// The words of the house as GraphQL enums: members come from core, so that no list is kept twice.
import {
  architectureSchema,
  averagingSchema,
  calibrationModeSchema,
  clipKindSchema,
  datasetLayoutSchema,
  errorMapKindSchema,
  exportFormatSchema,
  hyperparameterGroupSchema,
  hyperparameterKindSchema,
  importableArchitectureSchema,
  jobKindSchema,
  jobStateSchema,
  memoryModeSchema,
  normalizationSchema,
  pictureOrderSchema,
  precisionSchema,
  presetSchema,
  roleSchema,
  scoreSmoothingSchema,
  splitSchema,
  timelineLaneSchema,
  unscorableFramesSchema,
  uploadPurposeSchema,
} from "@engram/core";
import { builder } from "./builder.ts";

export const Architecture = builder.enumType("Architecture", { values: architectureSchema.options });
export const ImportableArchitecture = builder.enumType("ImportableArchitecture", {
  values: importableArchitectureSchema.options,
});
export const Split = builder.enumType("Split", { values: splitSchema.options });
export const DatasetLayout = builder.enumType("DatasetLayout", { values: datasetLayoutSchema.options });
export const HyperparameterGroup = builder.enumType("HyperparameterGroup", {
  description: "What a hyper-parameter is about.",
  values: hyperparameterGroupSchema.options,
});
export const HyperparameterKind = builder.enumType("HyperparameterKind", {
  description: "What a hyper-parameter takes: a number, one of some words, true or false, or a text.",
  values: hyperparameterKindSchema.options,
});
export const ExportFormat = builder.enumType("ExportFormat", { values: exportFormatSchema.options });
export const Precision = builder.enumType("Precision", {
  description:
    "INT8: convolutions in 8 bits, a quarter to a third less time on a CPU, lanes slightly different.",
  values: precisionSchema.options,
});
export const UploadPurpose = builder.enumType("UploadPurpose", {
  description: "What an upload is for: no job takes one that is for another.",
  values: uploadPurposeSchema.options,
});
export const MemoryMode = builder.enumType("MemoryMode", {
  description:
    "What becomes of the memory while a run is scored. UPDATE: frames whose regular score is below the model's gamma change it for the next. FROZEN: it stays as trained.",
  values: memoryModeSchema.options,
});
export const ErrorMapKind = builder.enumType("ErrorMapKind", {
  description:
    "RAW: the errors as they are. CORRECTED: without the background's part, max(0, error - backgroundError).",
  values: errorMapKindSchema.options,
});
export const JobKind = builder.enumType("JobKind", { values: jobKindSchema.options });
export const JobState = builder.enumType("JobState", { values: jobStateSchema.options });
export const Role = builder.enumType("Role", { values: roleSchema.options });
export const Lane = builder.enumType("Lane", { values: timelineLaneSchema.options });
export const Normalization = builder.enumType("Normalization", {
  description:
    "By which extremes lanes are normalized: those of the clip, those of all clips, or none but the scale of calibration frames.",
  values: normalizationSchema.options,
});
export const ScoreSmoothing = builder.enumType("ScoreSmoothing", {
  description: "GAUSSIAN: 15 taps, a standard deviation of 2 frames, within each clip.",
  values: scoreSmoothingSchema.options,
});
export const UnscorableFrames = builder.enumType("UnscorableFrames", {
  description: "Frames that cannot be scored are left out, or filled with the score of the nearest one.",
  values: unscorableFramesSchema.options,
});
export const Averaging = builder.enumType("Averaging", {
  description: "MICRO: over all frames together. MACRO: the mean over clips that have both classes.",
  values: averagingSchema.options,
});
export const CalibrationMode = builder.enumType("CalibrationMode", { values: calibrationModeSchema.options });
export const DatasetVersionState = builder.enumType("DatasetVersionState", {
  values: ["IMPORTING", "READY", "FAILED"] as const,
});
export const ClipKind = builder.enumType("ClipKind", {
  description:
    "VIDEO: frames that follow each other in time. IMAGES: pictures that have nothing to do with their neighbours.",
  values: clipKindSchema.options,
});
export const PictureOrder = builder.enumType("PictureOrder", {
  description: "NAME: folder by folder. ABNORMALITY: the most abnormal first.",
  values: pictureOrderSchema.options,
});
export const ClipState = builder.enumType("ClipState", { values: ["READY", "QUARANTINED"] as const });
export const ScoringRunState = builder.enumType("ScoringRunState", {
  values: ["PENDING", "RUNNING", "COMPLETE", "FAILED", "CANCELED"] as const,
});
export const Preset = builder.enumType("Preset", {
  values: Object.fromEntries(
    presetSchema.options.map((preset) => [preset.toUpperCase(), { value: preset }]),
  ) as {
    [P in (typeof presetSchema.options)[number] as Uppercase<P>]: { value: P };
  },
});
