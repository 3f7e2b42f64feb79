// Where frames come from, and the windows of consecutive frames that training and scoring take from them.

/** A clip's frames at the model's input size: uint8 [count, size, size, channels], in order. */
export interface FrameSource {
  readonly name: string;
  readonly frameCount: number;
  readonly channels: 1 | 3;
  /** frames start … start+count−1, row-major; the promise rejects where the clip does not hold them */
  read(start: number, count: number): Promise<Uint8Array>;
}

/** Frames firstFrame … endFrame−1 of a clip. */
export interface ClipRange {
  readonly source: FrameSource;
  readonly firstFrame: number;
  readonly endFrame: number;
}
