// Error maps of one block: each deflated by itself, so that one frame's can be read without the others.
import { promisify } from "node:util";
import { deflate } from "node:zlib";
import { type ClipKind, ERROR_MAP_MAX_WIDTH } from "@engram/core";
import type { ErrorMapBits } from "@engram/db";
import { downsizeErrorMap, quantizeErrorMap } from "@engram/numerics";

const deflateAsync = promisify(deflate);

interface ErrorMapScale {
  readonly scaleMax: number;
  readonly bitsPerPixel: ErrorMapBits;
}

/**
 * A video has too many maps for more than a byte a pixel; errors above half the range from black to white are rare, and
 * are cut. Pictures are few, and a defect may stand out by thousandths: theirs are kept whole, 65535 for an error of 1.
 */
const SCALES: Readonly<Record<ClipKind, ErrorMapScale>> = {
  VIDEO: { scaleMax: 0.5, bitsPerPixel: 8 },
  IMAGES: { scaleMax: 1, bitsPerPixel: 16 },
};

export interface ErrorMapBlockContent extends ErrorMapScale {
  readonly width: number;
  readonly height: number;
  readonly bytes: Uint8Array;
  /** uint32 [frameCount + 1]; equal neighbours mean no map */
  readonly offsets: Uint32Array;
}

export class ErrorMapBlockBuilder {
  private readonly size: number;
  private readonly scale: ErrorMapScale;
  private readonly parts: Uint8Array[] = [];
  private readonly offsets: number[] = [0];
  private width = 0;
  private height = 0;

  constructor(size: number, kind: ClipKind) {
    this.size = size;
    this.scale = SCALES[kind];
  }

  addGap(): void {
    this.offsets.push(this.offsets.at(-1)!);
  }

  /** @param errorMap float32 [size · size] */
  async add(errorMap: Float32Array): Promise<void> {
    const small = downsizeErrorMap(
      { values: errorMap, width: this.size, height: this.size },
      ERROR_MAP_MAX_WIDTH,
    );
    this.width = small.width;
    this.height = small.height;
    const { scaleMax, bitsPerPixel } = this.scale;
    const packed = await deflateAsync(quantizeErrorMap(small.values, scaleMax, bitsPerPixel));
    this.parts.push(packed);
    this.offsets.push(this.offsets.at(-1)! + packed.byteLength);
  }

  /** null where no frame of the block has a map */
  finish(): ErrorMapBlockContent | null {
    if (this.parts.length === 0) return null;
    return {
      width: this.width,
      height: this.height,
      ...this.scale,
      bytes: Buffer.concat(this.parts),
      offsets: Uint32Array.from(this.offsets),
    };
  }
}
