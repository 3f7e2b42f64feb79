import type { Lane } from "@engram/sdk";
import { describe, expect, it } from "vitest";
import { laneRows } from "./lane-rows.ts";

const figure = (lane: Lane, value: number | null) => ({
  lane,
  measured: { value, reason: value === null ? "one class" : null },
});

describe("laneRows", () => {
  it("gives every lane one row, with what is known of it under each convention", () => {
    const rows = laneRows({
      laneAuroc: [figure("PSNR", 0.9), figure("REGION_ERROR", null)],
      rawLaneAuroc: [figure("REGION_ERROR", 0.8)],
      liveLaneAuroc: [figure("FEATURE_DISTANCE", 0.7)],
    });
    expect(rows.map(({ lane }) => lane)).toEqual(["PSNR", "REGION_ERROR", "FEATURE_DISTANCE"]);
    expect(rows[0]).toMatchObject({ perClip: { value: 0.9 }, raw: undefined, live: undefined });
    expect(rows[1]).toMatchObject({ perClip: { value: null, reason: "one class" }, raw: { value: 0.8 } });
    expect(rows[2]?.live?.value).toBe(0.7);
  });
});
