export * from "./clip-repository.ts";
export * from "./database.ts";
export * from "./dataset-repository.ts";
export * from "./decision-policy-repository.ts";
export * from "./event-repository.ts";
export * from "./frame-score-repository.ts";
export * from "./job-recovery.ts";
export * from "./job-repository.ts";
export * from "./job-states.ts";
export {
  type JobAttempt,
  type JobChange,
  type TransitionGuard,
  transitionJob,
} from "./job-transition.ts";
export * from "./localization-repository.ts";
export { applyMigrations, type Migration, readMigrations } from "./migrations.ts";
export * from "./model-export-repository.ts";
export * from "./model-repository.ts";
export {
  type ChangeListener,
  type Listening,
  type ListenOptions,
  listenForChanges,
} from "./notifications.ts";
export * from "./packing.ts";
export * from "./project-repository.ts";
export type * from "./rows.ts";
export type {
  ErrorMapBits,
  ErrorMapBlockRow,
  FrameMask,
  HistogramBlock,
  LaneStatistics,
  MaskRegion,
  PyramidChunk,
  ScoreBlock,
  ScoredClip,
} from "./score-tables.ts";
export * from "./scoring-run-repository.ts";
export * from "./upload-repository.ts";
export * from "./worker-repository.ts";
