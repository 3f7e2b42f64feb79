import { describe, expect, it } from "vitest";
import { decodeRuns, outlinePath } from "./mask-outline.ts";

describe("decodeRuns", () => {
  it("starts with zeros, alternates, and leaves what is not covered zero", () => {
    expect([...decodeRuns([1, 2, 1, 1], 3, 2)]).toEqual([0, 1, 1, 0, 1, 0]);
    expect([...decodeRuns([0, 4], 2, 2)]).toEqual([1, 1, 1, 1]);
    expect([...decodeRuns([], 2, 1)]).toEqual([0, 0]);
  });
});

describe("outlinePath", () => {
  it("goes around a block, in one piece per side, also at the border", () => {
    expect(outlinePath(decodeRuns([0, 4], 2, 2), 2, 2)).toBe("M0 0H2M0 2H2M0 0V2M2 0V2");
  });

  it("draws the edge of a hole as well", () => {
    const path = outlinePath(Uint8Array.of(1, 1, 1, 1, 0, 1, 1, 1, 1), 3, 3);
    expect(path).toContain("M1 1H2");
    expect(path).toContain("M2 1V2");
  });

  it("is empty for an empty mask", () => {
    expect(outlinePath(new Uint8Array(6), 3, 2)).toBe("");
  });
});
