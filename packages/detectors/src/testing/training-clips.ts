// What the tests of training train on.
import type { ClipRange } from "../frames.ts";
import { movingSquare, wholeClip } from "./moving-square.ts";

/** 9 windows: 4 steps of 2, one window dropped. */
export const trainingClips: readonly ClipRange[] = [
  wholeClip(movingSquare({ size: 16, frameCount: 9, seed: 1 })),
  { source: movingSquare({ size: 16, frameCount: 20, seed: 2 }), firstFrame: 3, endFrame: 11 },
];
