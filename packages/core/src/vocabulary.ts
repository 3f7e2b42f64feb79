// The words of the house as enums: the same members in Prisma, GraphQL and the UI.
import { z } from "zod";

export const architectureSchema = z.enum([
  "MNAD_PREDICTION",
  "MNAD_RECONSTRUCTION",
  "MEMAE",
  "MEMAE_IMAGE",
  "MPN",
  "PMB",
]);
export type Architecture = z.infer<typeof architectureSchema>;

/** VALIDATION: labelled clips by which a training is measured while it runs; never trained or calibrated on, not scored as TEST. */
export const splitSchema = z.enum(["TRAIN", "CALIBRATION", "TEST", "VALIDATION"]);
export type Split = z.infer<typeof splitSchema>;

export const datasetLayoutSchema = z.enum(["MNAD", "UCSD", "MVTEC", "VIDEO_FOLDER"]);
export type DatasetLayout = z.infer<typeof datasetLayoutSchema>;

/** VIDEO: frames that follow each other in time. IMAGES: pictures that have nothing to do with their neighbours. */
export const clipKindSchema = z.enum(["VIDEO", "IMAGES"]);
export type ClipKind = z.infer<typeof clipKindSchema>;

/** NAME: folder by folder. ABNORMALITY: the most abnormal first. */
export const pictureOrderSchema = z.enum(["NAME", "ABNORMALITY"]);
export type PictureOrder = z.infer<typeof pictureOrderSchema>;

export const jobKindSchema = z.enum(["INGEST", "TRAIN", "SCORE", "EVALUATE", "EXPORT", "IMPORT_MODEL"]);
export type JobKind = z.infer<typeof jobKindSchema>;

export const jobStateSchema = z.enum([
  "QUEUED",
  "STARTING",
  "RUNNING",
  "PAUSING",
  "PAUSED",
  "CANCELING",
  "CANCELED",
  "SUCCEEDED",
  "FAILED",
  "INTERRUPTED",
]);
export type JobState = z.infer<typeof jobStateSchema>;

/** The raw components a detector gives for a frame. */
export const laneSchema = z.enum([
  "PREDICTION_ERROR",
  "REGION_ERROR",
  "PEAK_ERROR",
  "CORRECTED_ERROR",
  "PSNR",
  "FEATURE_DISTANCE",
  "FEATURE_PSNR",
  "REGULAR_SCORE",
  "ABSOLUTE_ERROR",
]);
export type Lane = z.infer<typeof laneSchema>;

/** Stored lanes plus what a policy derives from them. */
export const timelineLaneSchema = z.enum([...laneSchema.options, "ABNORMALITY"]);
export type TimelineLane = z.infer<typeof timelineLaneSchema>;

/** Whether a larger value of the lane speaks for an anomaly (+1) or against it (-1). */
export const LANE_DIRECTION: Readonly<Record<Lane, 1 | -1>> = {
  PREDICTION_ERROR: 1,
  REGION_ERROR: 1,
  PEAK_ERROR: 1,
  CORRECTED_ERROR: 1,
  PSNR: -1,
  FEATURE_DISTANCE: 1,
  FEATURE_PSNR: -1,
  REGULAR_SCORE: 1,
  ABSOLUTE_ERROR: 1,
};

/** Frames of the trailing mean that lanes are smoothed by where a live camera is spoken of: chosen on the synthetic scene. */
export const LIVE_SMOOTHING_FRAMES = 5;

/**
 * By which extremes lanes are normalized for an evaluation: those of the clip, those of all clips, or none. NONE
 * only brings the lanes of a mix to one scale, their spread on calibration frames.
 */
export const normalizationSchema = z.enum(["PER_CLIP", "GLOBAL", "NONE"]);
export type Normalization = z.infer<typeof normalizationSchema>;

/** GAUSSIAN: MPN's filter of 15 taps, σ = 2 frames, over the scores of each clip. */
export const scoreSmoothingSchema = z.enum(["NONE", "GAUSSIAN"]);
export type ScoreSmoothing = z.infer<typeof scoreSmoothingSchema>;

/** What becomes of frames that a detector cannot score: nothing, or the score of the nearest frame that has one. */
export const unscorableFramesSchema = z.enum(["LEFT_OUT", "FILLED"]);
export type UnscorableFrames = z.infer<typeof unscorableFramesSchema>;

/** MICRO: over the frames of all clips together. MACRO: the mean over clips that have both classes. */
export const averagingSchema = z.enum(["MICRO", "MACRO"]);
export type Averaging = z.infer<typeof averagingSchema>;

/** RAW: the errors as they are. CORRECTED: without the background's part (histogram error estimation). */
export const errorMapKindSchema = z.enum(["RAW", "CORRECTED"]);
export type ErrorMapKind = z.infer<typeof errorMapKindSchema>;

/** The arithmetic that a run is scored in. */
export const precisionSchema = z.enum(["FP32", "INT8"]);
export type Precision = z.infer<typeof precisionSchema>;

/** What an upload is for, said when it is made: no job takes an upload that is for another. */
export const uploadPurposeSchema = z.enum(["DATASET", "WEIGHTS"]);
export type UploadPurpose = z.infer<typeof uploadPurposeSchema>;

/**
 * What becomes of a detector's memory while a run is scored. UPDATE: the published test-time update, frames that pass
 * the gate change it for the next. FROZEN: it stays as trained, and frames are independent of each other.
 */
export const memoryModeSchema = z.enum(["UPDATE", "FROZEN"]);
export type MemoryMode = z.infer<typeof memoryModeSchema>;

export const exportFormatSchema = z.enum(["ONNX"]);
export type ExportFormat = z.infer<typeof exportFormatSchema>;

export const roleSchema = z.enum(["OWNER", "ADMIN", "MEMBER", "VIEWER"]);
export type Role = z.infer<typeof roleSchema>;

/** Frames per row of packed scores, histograms and error maps. */
export const FRAMES_PER_BLOCK = 1024;
/** Bins of the error histogram: bin 0 holds errors below 1/1024, the others are logarithmic up to 1. */
export const HISTOGRAM_BINS = 64;
export const HISTOGRAM_EDGES_VERSION = 1;
/** Widest error map that is stored, in pixels. */
export const ERROR_MAP_MAX_WIDTH = 128;
/** The pyramid's finest buckets hold 2^4 frames: finer timelines read the blocks, which are as quick up to there. */
export const FINEST_PYRAMID_LEVEL = 4;
