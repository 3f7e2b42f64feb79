// Error maps of one block: each deflated by itself, so that one frame's can be read without the others.
import { promisify } from "node:util";
import { deflate } from "node:zlib";
import { ERROR_MAP_MAX_WIDTH } from "@engram/core";
import { downsizeErrorMap, quantizeErrorMap } from "@engram/numerics";

const deflateAsync = promisify(deflate);

/** What a stored 255 stands for. Larger errors are rare (half the range from black to white) and are cut. */
export const ERROR_MAP_SCALE_MAX = 0.5;

export interface ErrorMapBlockContent {
  readonly width: number;
  readonly height: number;
  readonly scaleMax: number;
  readonly bytes: Uint8Array;
  /** uint32 [frameCount + 1]; equal neighbours mean no map */
  readonly offsets: Uint32Array;
}

export class ErrorMapBlockBuilder {
  private readonly size: number;
  private readonly parts: Uint8Array[] = [];
  private readonly offsets: number[] = [0];
  private width = 0;
  private height = 0;

  constructor(size: number) {
    this.size = size;
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
    const packed = await deflateAsync(quantizeErrorMap(small.values, ERROR_MAP_SCALE_MAX));
    this.parts.push(packed);
    this.offsets.push(this.offsets.at(-1)! + packed.byteLength);
  }

  /** null where no frame of the block has a map */
  finish(): ErrorMapBlockContent | null {
    if (this.parts.length === 0) return null;
    return {
      width: this.width,
      height: this.height,
      scaleMax: ERROR_MAP_SCALE_MAX,
      bytes: Buffer.concat(this.parts),
      offsets: Uint32Array.from(this.offsets),
    };
  }
}
