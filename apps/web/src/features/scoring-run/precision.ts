// How precisions are named to people.
import type { Precision } from "@engram/sdk";

export const PRECISION_NAMES: Readonly<Record<Precision, string>> = {
  FP32: "32-bit floating point",
  INT8: "8-bit integers",
};
