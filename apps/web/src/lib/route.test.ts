import { describe, expect, it } from "vitest";
import { clipPath, parseFrame, parseNumber, parseSplit } from "./route.ts";

describe("routes", () => {
  it("keep names with slashes and spaces in one segment", () => {
    expect(clipPath(3, "TEST", "cam 1/a", 7)).toBe("/runs/3/clips/test/cam%201%2Fa?frame=7");
  });

  it("refuse what names nothing", () => {
    expect([parseNumber("0"), parseNumber("1e3"), parseNumber("12")]).toEqual([null, null, 12]);
    expect([parseSplit("test"), parseSplit("TEST"), parseSplit("x")]).toEqual(["TEST", null, null]);
  });

  it("keep the frame inside of the clip", () => {
    expect(parseFrame("500", 180)).toBe(179);
    expect(parseFrame("-1", 180)).toBe(0);
    expect(parseFrame(null, 180)).toBe(0);
  });
});
