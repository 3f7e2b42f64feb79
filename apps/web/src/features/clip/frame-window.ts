// The part of a clip that the timeline shows: pure moves on it, always inside of the clip.
import type { FrameWindow } from "./timeline-chart.ts";

/** Fewer frames than this cannot be told apart by a pointer. */
const FEWEST_FRAMES = 8;

export function wholeClip(frameCount: number): FrameWindow {
  return { from: 0, to: Math.max(0, frameCount - 1) };
}

export function isWholeClip({ from, to }: FrameWindow, frameCount: number): boolean {
  return from <= 0 && to >= frameCount - 1;
}

/** The frames between two places, in either order, kept inside of the clip and not narrower than can be used. */
export function windowBetween(a: number, b: number, frameCount: number): FrameWindow {
  const from = Math.floor(Math.min(a, b));
  const length = Math.max(FEWEST_FRAMES, Math.ceil(Math.max(a, b)) - from + 1);
  return place(from, length, frameCount);
}

/** `factor` < 1 shows fewer frames, > 1 more; the centre stays where it is on the screen. */
export function zoomWindow(
  window: FrameWindow,
  factor: number,
  center: number,
  frameCount: number,
): FrameWindow {
  const length = window.to - window.from + 1;
  const next = Math.max(FEWEST_FRAMES, Math.round(length * factor));
  const share = Math.min(1, Math.max(0, (center - window.from) / length));
  return place(Math.round(center - share * next), next, frameCount);
}

/** Moves by a share of its own length. */
export function panWindow(window: FrameWindow, share: number, frameCount: number): FrameWindow {
  const length = window.to - window.from + 1;
  return place(window.from + Math.round(length * share), length, frameCount);
}

/** The window itself while the frame is in it, else one of the same length that has the frame near its start. */
export function followWindow(window: FrameWindow, frame: number, frameCount: number): FrameWindow {
  if (frame >= window.from && frame <= window.to) return window;
  const length = window.to - window.from + 1;
  return place(frame - Math.round(length * 0.1), length, frameCount);
}

function place(from: number, length: number, frameCount: number): FrameWindow {
  const fitting = Math.min(length, Math.max(1, frameCount));
  const start = Math.min(Math.max(0, from), Math.max(0, frameCount - fitting));
  return { from: start, to: start + fitting - 1 };
}
