import { describe, expect, it } from "vitest";
import { linePath } from "./line-path.ts";

describe("linePath", () => {
  it("breaks the line at a gap and shows a lone value as a dot", () => {
    const { path, dots, domain } = linePath([0, 1, null, 0.5, null], 40, 10);
    expect(path).toBe("M0 10L10 0");
    expect(dots).toEqual([[30, 5]]);
    expect(domain).toEqual([0, 1]);
  });

  it("draws nothing where nothing is known, and a level line where all is equal", () => {
    expect(linePath([null, null], 40, 10)).toEqual({ path: "", dots: [], domain: null });
    expect(linePath([3, 3], 40, 10).path).toBe("M0 5L40 5");
    expect(linePath([3], 40, 10).dots).toEqual([[20, 5]]);
  });
});
