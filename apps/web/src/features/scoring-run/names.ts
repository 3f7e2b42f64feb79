// How the choices of a scoring run are named to people.
import type { MemoryMode, Precision } from "@engram/sdk";

export const PRECISION_NAMES: Readonly<Record<Precision, string>> = {
  FP32: "32-bit floating point",
  INT8: "8-bit integers",
};

export const MEMORY_MODE_NAMES: Readonly<Record<MemoryMode, string>> = {
  UPDATE: "updated by normal frames",
  FROZEN: "frozen as trained",
};
