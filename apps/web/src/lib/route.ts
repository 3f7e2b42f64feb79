// The addresses of the pages, built and parsed in one place.
import type { Split } from "@engram/sdk";

export const datasetPath = (slug: string) => `/datasets/${encodeURIComponent(slug)}`;
export const jobPath = (number: number) => `/jobs/${number}`;
export const scoringRunPath = (number: number) => `/runs/${number}`;

export function clipPath(runNumber: number, split: Split, name: string, frame?: number): string {
  const path = `/runs/${runNumber}/clips/${split.toLowerCase()}/${encodeURIComponent(name)}`;
  return frame === undefined ? path : `${path}?frame=${frame}`;
}

export function parseNumber(text: string): number | null {
  return /^[1-9]\d{0,8}$/.test(text) ? Number(text) : null;
}

export function parseSplit(text: string): Split | null {
  switch (text) {
    case "train":
      return "TRAIN";
    case "calibration":
      return "CALIBRATION";
    case "validation":
      return "VALIDATION";
    case "test":
      return "TEST";
    default:
      return null;
  }
}

/** The frame of a `?frame=` value, kept inside the clip. */
export function parseFrame(text: string | null, frameCount: number): number {
  const frame = text !== null && /^\d{1,9}$/.test(text) ? Number(text) : 0;
  return Math.min(frame, Math.max(0, frameCount - 1));
}
