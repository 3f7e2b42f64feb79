// The words of the house as GraphQL enums: members come from core, so that no list is kept twice.
import {
  architectureSchema,
  calibrationModeSchema,
  datasetLayoutSchema,
  exportFormatSchema,
  jobKindSchema,
  jobStateSchema,
  precisionSchema,
  presetSchema,
  roleSchema,
  splitSchema,
  timelineLaneSchema,
} from "@engram/core";
import { builder } from "./builder.ts";

export const Architecture = builder.enumType("Architecture", { values: architectureSchema.options });
export const Split = builder.enumType("Split", { values: splitSchema.options });
export const DatasetLayout = builder.enumType("DatasetLayout", { values: datasetLayoutSchema.options });
export const ExportFormat = builder.enumType("ExportFormat", { values: exportFormatSchema.options });
export const Precision = builder.enumType("Precision", {
  description: "INT8: convolutions in 8 bits, about twice as fast on a CPU, lanes slightly different.",
  values: precisionSchema.options,
});
export const JobKind = builder.enumType("JobKind", { values: jobKindSchema.options });
export const JobState = builder.enumType("JobState", { values: jobStateSchema.options });
export const Role = builder.enumType("Role", { values: roleSchema.options });
export const Lane = builder.enumType("Lane", { values: timelineLaneSchema.options });
export const CalibrationMode = builder.enumType("CalibrationMode", { values: calibrationModeSchema.options });
export const DatasetVersionState = builder.enumType("DatasetVersionState", {
  values: ["IMPORTING", "READY", "FAILED"] as const,
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
