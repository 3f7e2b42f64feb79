import { describe, expect, it } from "vitest";
import {
  followWindow,
  isWholeClip,
  panWindow,
  wholeClip,
  windowBetween,
  zoomWindow,
} from "./frame-window.ts";

describe("windowBetween", () => {
  it("takes the two places in either order and stays inside of the clip", () => {
    expect(windowBetween(80.2, 20.7, 100)).toEqual({ from: 20, to: 81 });
    expect(windowBetween(-5, 200, 100)).toEqual({ from: 0, to: 99 });
  });

  it("never becomes too narrow to use, nor longer than a short clip", () => {
    expect(windowBetween(50, 50.4, 100)).toEqual({ from: 50, to: 57 });
    expect(windowBetween(99, 99, 100)).toEqual({ from: 92, to: 99 });
    expect(windowBetween(1, 2, 4)).toEqual({ from: 0, to: 3 });
  });
});

describe("zoomWindow", () => {
  it("keeps the centre at its place", () => {
    expect(zoomWindow({ from: 0, to: 99 }, 0.5, 50, 100)).toEqual({ from: 25, to: 74 });
    expect(zoomWindow({ from: 0, to: 99 }, 0.5, 0, 100)).toEqual({ from: 0, to: 49 });
  });

  it("zooming out ends at the whole clip", () => {
    const window = zoomWindow({ from: 25, to: 74 }, 4, 50, 100);
    expect(window).toEqual(wholeClip(100));
    expect(isWholeClip(window, 100)).toBe(true);
  });
});

describe("panWindow and followWindow", () => {
  it("keep the length and stop at the ends", () => {
    expect(panWindow({ from: 10, to: 29 }, 0.5, 100)).toEqual({ from: 20, to: 39 });
    expect(panWindow({ from: 90, to: 99 }, 1, 100)).toEqual({ from: 90, to: 99 });
    const window = { from: 10, to: 29 };
    expect(followWindow(window, 29, 100)).toBe(window);
    expect(followWindow(window, 30, 100)).toEqual({ from: 28, to: 47 });
  });
});
