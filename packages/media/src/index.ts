// From files to frames: decoding, data set layouts, labels, frame archives and packs, the synthetic scene.

export {
  type ArchiveMediaType,
  decodeArchiveIndex,
  encodeArchiveIndex,
  type FrameArchive,
  readArchivedFrame,
  writeFrameArchive,
} from "./archives/frame-archive.ts";
export {
  type Extraction,
  type ExtractLimits,
  type ExtractOptions,
  extractArchive,
} from "./extract-archive.ts";
export { decodeFrame } from "./images/decode-frame.ts";
export { encodeRawPng } from "./images/encode-png.ts";
export { type RawImage, withChannels } from "./images/raw-image.ts";
export { createResizer } from "./images/resize.ts";
export { datasetContentHash } from "./ingest/content-hash.ts";
export type { ImportPlan, Inspection, PlanClip, PlanSource } from "./ingest/import-plan.ts";
export {
  type IngestedClip,
  type IngestedLabels,
  type IngestOptions,
  ingestClip,
} from "./ingest/ingest-clip.ts";
export { type InspectOptions, inspectSource } from "./ingest/inspect-source.ts";
export { compareNatural } from "./natural-sort.ts";
export {
  buildFramePack,
  type ClipPixels,
  clipChannels,
  type FramePackOptions,
} from "./packs/build-frame-pack.ts";
export { type FramePack, type FramePackReader, openFramePack } from "./packs/frame-pack.ts";
export type { SceneAnomaly, SceneClip } from "./scene/scene-clips.ts";
export { sceneClips } from "./scene/scene-clips.ts";
export {
  type SceneOptions,
  type WrittenScene,
  type WrittenSceneClip,
  writeSyntheticScene,
} from "./scene/write-scene.ts";
export { type Ffmpeg, findFfmpeg } from "./video/find-ffmpeg.ts";
export { probeVideo, type VideoProbe } from "./video/probe-video.ts";
