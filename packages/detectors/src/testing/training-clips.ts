// What the tests of training train on.
import type { ClipRange } from "../frames.ts";
import { movingSquare, wholeClip } from "./moving-square.ts";

/** 9 windows of so many frames: 4 steps of 2, one window dropped. */
export function trainingClipsOf(windowFrames: number): readonly ClipRange[] {
  return [
    wholeClip(movingSquare({ size: 16, frameCount: windowFrames + 4, seed: 1 })),
    {
      source: movingSquare({ size: 16, frameCount: windowFrames + 15, seed: 2 }),
      firstFrame: 3,
      endFrame: windowFrames + 6,
    },
  ];
}

/** Those of windows of five frames. */
export const trainingClips = trainingClipsOf(5);
