// Pure maths on typed arrays: ranking, histograms, calibration, smoothing, events, masks, pyramids, seeded random.
// Imports nothing, knows no lane by name, and reads neither clock nor environment. In packed series NaN is a gap;
// a single figure that is unknown is a Measured with its reason.
export {
  type AbnormalityMap,
  type AbnormalityMapResult,
  createAbnormalityMap,
  MIN_CALIBRATION_FRAMES,
  type MixCalibration,
} from "./abnormality.ts";
export { auroc, type LabelledScores, pooledAuroc } from "./auroc.ts";
export { blockStatistics, type LaneStatistics } from "./block-statistics.ts";
export type { BootstrapOptions, Interval } from "./bootstrap.ts";
export { mixNormality, normalizeMinMax, PSNR_CAP_DB, PSNR_MSE_FLOOR, psnrFromMse } from "./clip-normality.ts";
export { ERROR_HISTOGRAM_BINS, errorHistogram, histogramEdges } from "./error-histogram.ts";
export {
  dequantizeErrorMap,
  downsizeErrorMap,
  type QuantizedBits,
  quantizeErrorMap,
  type SizedMap,
  stretchErrorMap,
} from "./error-map.ts";
export { type EventEvaluation, evaluateEvents } from "./event-figures.ts";
export {
  type ClipEvents,
  type EventMatch,
  labelsToIntervals,
  matchEvents,
  matchEventsByClip,
} from "./event-matching.ts";
export { deriveEvents, type EventRules, type FrameInterval, type RaisedEvent } from "./events.ts";
export {
  type Estimate,
  evaluateFrames,
  type FrameEvaluation,
  type FrameFigures,
  unknownEstimate,
  unknownFigures,
} from "./frame-figures.ts";
export {
  type BackgroundEstimator,
  correctErrorMap,
  estimateBackgroundError,
  histogramQuantile,
  modeBackgroundError,
} from "./histogram-error-estimation.ts";
export { known, type Measured, unknown } from "./measured.ts";
export {
  AUPRO_FPR_LIMIT,
  createPixelEvaluator,
  EXACT_PIXELS,
  type PixelEvaluation,
  type PixelEvaluator,
  type PixelFigures,
  type PixelImage,
  type PixelOptions,
  unknownPixelFigures,
} from "./pixel-figures.ts";
export { PIXEL_FIGURES, type PixelFigure } from "./pixel-sweep.ts";
export {
  createPyramidBuilder,
  PYRAMID_BUCKET_VALUES,
  PYRAMID_CHUNK_BUCKETS,
  type PyramidBuilder,
  type PyramidChunk,
  type PyramidLevels,
} from "./pyramid.ts";
export {
  median,
  movingAverage,
  quantile,
  quantileOfSorted,
  robustStandardization,
  type Standardization,
} from "./quantile.ts";
export {
  drawNormal,
  drawUniform,
  mulberry32,
  normalArray,
  type Random,
  shuffle,
  uniformArray,
} from "./random.ts";
export {
  createRegionEvaluator,
  type RegionCriteriaOptions,
  type RegionEvaluation,
  type RegionEvaluator,
} from "./region-criteria.ts";
export type { RegionFrame } from "./region-ledger.ts";
export {
  findRegions,
  type Localization,
  labelRegions,
  type Region,
  type RegionLabels,
  type RegionOptions,
  thresholdMask,
} from "./regions.ts";
export { decodeRunLength, encodeRunLength, runLengthArea } from "./run-length.ts";
export {
  gaussianKernel,
  movingMean,
  smoothGaussian,
  type WindowAlignment,
  windowReach,
} from "./smoothing.ts";
export { FRAME_FIGURES, type FrameFigure } from "./threshold-sweep.ts";
export {
  chooseFramesPerPoint,
  pointStartFrames,
  type ReducedLane,
  reduceBuckets,
  reduceMinMaxMean,
} from "./timeline.ts";
export { topMean } from "./top-mean.ts";
