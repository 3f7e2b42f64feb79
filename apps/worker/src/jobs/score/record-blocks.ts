// Gathers what a clip's frames score into blocks of 1024 frames, each handed on as soon as it is full: a clip of a day
// takes little more memory than one of a minute.
import {
  type ClipKind,
  FINEST_PYRAMID_LEVEL,
  FRAMES_PER_BLOCK,
  HISTOGRAM_BINS,
  HISTOGRAM_EDGES_VERSION,
  type Lane,
} from "@engram/core";
import type { ClipScorePart, FrameMask, HistogramBlock, PyramidChunk } from "@engram/db";
import type { FrameResult } from "@engram/detectors";
import { blockStatistics, createPyramidBuilder, errorHistogram, type PyramidBuilder } from "@engram/numerics";
import type { BlobStore } from "@engram/storage";
import { ErrorMapBlockBuilder } from "./error-map-block.ts";
import { localizeFrame, type PictureSize } from "./localize.ts";

/** Finer buckets would weigh as much as the frames; the timeline reads those instead. */
const PYRAMID_LEVELS = { minLevel: FINEST_PYRAMID_LEVEL, maxLevel: 24 };

export interface RecordOptions {
  readonly blobs: BlobStore;
  readonly lanes: readonly Lane[];
  readonly frameCount: number;
  readonly kind: ClipKind;
  /** of each picture, whose mask has the same; null: masks have the size of the error maps */
  readonly sizeOf: ((frameIndex: number) => PictureSize) | null;
  /** side of the error maps */
  readonly size: number;
  /** null: no masks */
  readonly maskThreshold: number | null;
}

/** Frames come in order; those left out, before the first, between or after the last, could not be scored. */
export async function* recordClip(
  frames: AsyncIterable<FrameResult>,
  options: RecordOptions,
): AsyncGenerator<ClipScorePart> {
  const { lanes, frameCount, blobs } = options;
  const pyramid = createPyramidBuilder(lanes.length, PYRAMID_LEVELS);
  let block = new OpenBlock(0, options, pyramid);
  const advance = async () => {
    const full = await block.close(blobs);
    block = new OpenBlock(block.index + 1, options, pyramid);
    return full;
  };
  for await (const frame of frames) {
    while (block.nextFrame < frame.frameIndex) if (block.addGap()) yield await advance();
    if (await block.add(frame)) yield await advance();
  }
  while (block.nextFrame < frameCount) if (block.addGap()) yield await advance();
  yield { pyramid: pyramid.finish().map((chunk) => ({ ...chunk, lanes })) };
}

class OpenBlock {
  readonly index: number;
  private readonly options: RecordOptions;
  private readonly pyramidBuilder: PyramidBuilder;
  private readonly pyramid: PyramidChunk[] = [];
  private readonly frameCount: number;
  private readonly values: Float32Array;
  private readonly histograms: Readonly<Record<HistogramBlock["kind"], Uint32Array>>;
  private readonly maps: ErrorMapBlockBuilder;
  private readonly masks: FrameMask[] = [];
  private filled = 0;

  constructor(index: number, options: RecordOptions, pyramidBuilder: PyramidBuilder) {
    this.index = index;
    this.options = options;
    this.pyramidBuilder = pyramidBuilder;
    const framesLeft = Math.max(0, options.frameCount - index * FRAMES_PER_BLOCK);
    this.frameCount = Math.min(FRAMES_PER_BLOCK, framesLeft);
    this.values = new Float32Array(options.lanes.length * this.frameCount);
    const length = this.frameCount * HISTOGRAM_BINS;
    this.histograms = { RAW: new Uint32Array(length), CORRECTED: new Uint32Array(length) };
    this.maps = new ErrorMapBlockBuilder(options.size, options.kind);
  }

  get nextFrame(): number {
    return this.index * FRAMES_PER_BLOCK + this.filled;
  }

  /** whether the block is full now */
  async add({ frameIndex, lanes, errorMap, histogram, corrected }: FrameResult): Promise<boolean> {
    const { size, sizeOf, maskThreshold } = this.options;
    this.histograms.RAW.set(histogram, this.filled * HISTOGRAM_BINS);
    if (corrected !== null) {
      this.histograms.CORRECTED.set(errorHistogram(corrected.errorMap), this.filled * HISTOGRAM_BINS);
    }
    await this.maps.add(errorMap);
    const mask =
      maskThreshold === null
        ? null
        : localizeFrame(frameIndex, errorMap, size, maskThreshold, sizeOf?.(frameIndex));
    if (mask !== null) this.masks.push(mask);
    return this.addValues(
      this.options.lanes.map((lane) => {
        const value = lanes[lane];
        if (value === undefined) throw new RangeError(`Frame ${frameIndex} has no ${lane}.`);
        return value;
      }),
    );
  }

  addGap(): boolean {
    this.maps.addGap();
    return this.addValues(this.options.lanes.map(() => Number.NaN));
  }

  async close(blobs: BlobStore): Promise<ClipScorePart> {
    const { index: block, frameCount, values, masks, pyramid, histograms } = this;
    const { lanes } = this.options;
    const statistics = blockStatistics(values, lanes.length, frameCount);
    const maps = this.maps.finish();
    const errorMap = maps && {
      ...{ block, frameCount, width: maps.width, height: maps.height },
      ...{ scaleMax: maps.scaleMax, bitsPerPixel: maps.bitsPerPixel },
      ...{ blobHash: (await blobs.put(maps.bytes)).hash, offsets: maps.offsets },
      retention: masks.length > 0 ? ("KEEP" as const) : ("EXPIRABLE" as const),
    };
    return {
      scoreBlocks: [{ block, frameCount, lanes, values, statistics }],
      histograms: (["RAW", "CORRECTED"] as const).map((kind) => ({
        ...{ block, kind, edgesVersion: HISTOGRAM_EDGES_VERSION, frameCount },
        counts: histograms[kind],
      })),
      errorMaps: errorMap === null ? [] : [errorMap],
      masks,
      pyramid,
    };
  }

  private addValues(values: readonly number[]): boolean {
    values.forEach((value, lane) => {
      this.values[lane * this.frameCount + this.filled] = value;
    });
    this.filled++;
    const { lanes } = this.options;
    for (const chunk of this.pyramidBuilder.push(values)) this.pyramid.push({ ...chunk, lanes });
    return this.filled === this.frameCount;
  }
}
