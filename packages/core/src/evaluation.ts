// The evaluation of a scoring run as it is stored: every figure with the reason why it is missing, where it is.
import { z } from "zod";
import {
  averagingSchema,
  clipKindSchema,
  errorMapKindSchema,
  laneSchema,
  normalizationSchema,
  scoreSmoothingSchema,
  unscorableFramesSchema,
} from "./vocabulary.ts";

/** A figure that may be unknown: then the reason is said. */
export const measuredSchema = z.object({ value: z.number().nullable(), reason: z.string().nullable() });
export type Measured = z.infer<typeof measuredSchema>;

/** A figure with its bootstrap interval over clips; either may be unknown by itself. */
export const estimateSchema = measuredSchema.extend({
  interval: z.object({
    low: z.number().nullable(),
    high: z.number().nullable(),
    reason: z.string().nullable(),
  }),
});
export type Estimate = z.infer<typeof estimateSchema>;

/** How a percentile interval was drawn: resamples of whole clips, with replacement. */
export const bootstrapSchema = z.object({
  replicates: z.number().int(),
  level: z.number(),
  seed: z.number().int(),
});

/** The figures of one run under one convention. */
export const protocolFiguresSchema = z.object({
  normalization: normalizationSchema,
  smoothing: scoreSmoothingSchema,
  unscorable: unscorableFramesSchema,
  averaging: averagingSchema,
  frames: z.number().int(),
  abnormalFrames: z.number().int(),
  /** clips that the figures are of, and clips that they leave out: for macro those of one class */
  clips: z.number().int(),
  clipsLeftOut: z.number().int(),
  auroc: estimateSchema,
  averagePrecision: estimateSchema,
  equalErrorRate: estimateSchema,
  f1Max: estimateSchema,
  /** the score that F1-max flags frames from; of macro there is none, each clip has its own */
  f1Threshold: z.number().nullable(),
});
export type ProtocolFigures = z.infer<typeof protocolFiguresSchema>;

/** The run's events against the true intervals, which the tolerance widens on both sides. */
export const eventFiguresSchema = z.object({
  toleranceFrames: z.number().int(),
  precision: estimateSchema,
  recall: estimateSchema,
  f1: estimateSchema,
  /** from the start of a true interval to the first flagged frame inside it */
  medianLatencyFrames: estimateSchema,
  /** true intervals in which no frame was flagged */
  undetected: z.number().int(),
});

/** How well error maps find the abnormal pixels of all frames together, against the masks. */
export const pixelFiguresSchema = z.object({
  map: errorMapKindSchema,
  auroc: estimateSchema,
  averagePrecision: estimateSchema,
  f1Max: estimateSchema,
  /** the error that F1-max flags pixels from */
  f1Threshold: z.number().nullable(),
  /** per-region overlap up to a pixel false-positive rate of fprLimit */
  aupro: estimateSchema,
  fprLimit: z.number(),
  /** how far AUROC may be from that of all distinct errors: 0 where each was a threshold */
  aurocTolerance: z.number().nullable(),
});
export type PixelFigures = z.infer<typeof pixelFiguresSchema>;

/** How well a run finds what the masks mark: its error maps by pixels, its raised regions by objects. */
export const localizationFiguresSchema = z.object({
  /** frames compared, and abnormal frames without a mask, which are left out */
  frames: z.number().int(),
  framesLeftOut: z.number().int(),
  pixels: z.number().int(),
  abnormalPixels: z.number().int(),
  /** connected regions of the masks, and tracks that they form over frames */
  regions: z.number().int(),
  tracks: z.number().int(),
  /** of each kind of error map */
  pixelFigures: z.array(pixelFiguresSchema),
  /** region- and track-based detection criteria of the raised regions, up to falseLimit false ones a frame */
  rbdc: estimateSchema,
  tbdc: estimateSchema,
  falseLimit: z.number(),
  /** intersection over union from which on a raised region finds a true one */
  overlap: z.number(),
  /** share of a track's regions that have to be found */
  trackShare: z.number(),
  /** of all raised regions: where the curves end */
  falseRegionsPerFrame: z.number().nullable(),
});
export type LocalizationFigures = z.infer<typeof localizationFiguresSchema>;

export const evaluationSchema = z.object({
  /** IMAGES: every picture stands for itself, so that nothing is normalized per clip, smoothed or averaged over clips */
  kind: clipKindSchema.default("VIDEO"),
  scoredFrames: z.number().int(),
  abnormalFrames: z.number().int(),
  /** the published score under the first of the protocols; of pictures, as they are */
  frameAuroc: measuredSchema,
  /** each lane alone under the same normalization */
  laneAuroc: z.partialRecord(laneSchema, measuredSchema),
  /** each lane alone, without any normalization; evaluations of an older version have none */
  rawLaneAuroc: z.partialRecord(laneSchema, measuredSchema).default({}),
  /** the same, each lane smoothed by a trailing mean over LIVE_SMOOTHING_FRAMES: what a live camera can have */
  liveLaneAuroc: z.partialRecord(laneSchema, measuredSchema).default({}),
  /** without any normalization, as a live camera would see it */
  abnormalityAuroc: measuredSchema,
  macroAuroc: measuredSchema,
  /** one-class clips that macro AUROC leaves out */
  oneClassClips: z.number().int(),
  events: z.object({
    raised: z.number().int(),
    truth: z.number().int(),
    precision: measuredSchema,
    recall: measuredSchema,
  }),
  /** null where an older version evaluated */
  eventFigures: eventFiguresSchema.nullable().default(null),
  /** every convention that the kind has; empty where an older version evaluated */
  protocols: z.array(protocolFiguresSchema).default([]),
  /** null where an older version evaluated */
  localization: localizationFiguresSchema.nullable().default(null),
  /** of all intervals above */
  bootstrap: bootstrapSchema.nullable().default(null),
});
export type Evaluation = z.infer<typeof evaluationSchema>;
