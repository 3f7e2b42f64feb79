import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { LatestValueThrottle } from "./throttle.ts";

describe("LatestValueThrottle", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("sends the first value at once, then the newest of each interval", async () => {
    const sent: number[] = [];
    const throttle = new LatestValueThrottle<number>(250, async (value) => void sent.push(value));
    for (const value of [1, 2, 3]) throttle.offer(value);
    expect(sent).toEqual([1]);
    await vi.advanceTimersByTimeAsync(250);
    expect(sent).toEqual([1, 3]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(sent).toEqual([1, 3]);
  });

  it("never has two on their way, and flush leaves none behind", async () => {
    let finishFirst = () => {};
    const started: number[] = [];
    const throttle = new LatestValueThrottle<number>(250, (value) => {
      started.push(value);
      return value === 1 ? new Promise((resolve) => (finishFirst = resolve)) : Promise.resolve();
    });
    throttle.offer(1);
    throttle.offer(2);
    const flushed = throttle.flush();
    expect(started).toEqual([1]);
    finishFirst();
    await flushed;
    expect(started).toEqual([1, 2]);
    expect(vi.getTimerCount()).toBe(0);
  });
});
