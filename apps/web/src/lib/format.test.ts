import { describe, expect, it } from "vitest";
import {
  formatBytes,
  formatClock,
  formatCount,
  formatDuration,
  formatScore,
  formatSignificant,
  UNKNOWN,
} from "./format.ts";

describe("what is not known", () => {
  it("is a dash in every format, and a zero stays a zero", () => {
    for (const format of [
      formatBytes,
      formatClock,
      formatCount,
      formatDuration,
      formatScore,
      formatSignificant,
    ]) {
      expect([format(null), format(undefined), format(Number.NaN)]).toEqual([UNKNOWN, UNKNOWN, UNKNOWN]);
      expect(format(0)).toMatch(/0/);
    }
  });
});

describe("formats", () => {
  it("carry their unit and never round up into a unit's own size", () => {
    expect(formatDuration(840)).toBe("840 ms");
    expect(formatDuration(59_700)).toBe("1 min 00 s");
    expect(formatDuration(7_800_000)).toBe("2 h 10 min");
    expect(formatClock(12_400)).toBe("00:12.40");
    expect(formatClock(3_661_000)).toBe("1:01:01.00");
    expect(formatBytes(41_234_567)).toBe("41.2 MB");
  });

  it("keep four significant digits of any magnitude", () => {
    expect(formatSignificant(29.2934)).toBe("29.29");
    expect(formatSignificant(0.000485)).toBe("4.85e-4");
    expect(formatSignificant(0.002136)).toBe("0.002136");
  });
});
