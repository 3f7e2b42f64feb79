import type { JobProgress } from "@engram/core";
import { expect, it } from "vitest";
import { startPhase } from "./progress.ts";

it("derives the remaining time from this attempt's own pace, and claims none before the first unit", () => {
  const reports: JobProgress[] = [];
  let now = 1000;
  const phase = startPhase({
    ...{ phase: "score", unit: "frames", total: 100, alreadyDone: 60 },
    clock: () => now,
    report: (progress) => void reports.push(progress),
  });
  now += 500;
  phase.update(70, { msPerFrame: 50 });
  expect(reports).toEqual([
    { phase: "score", unit: "frames", done: 60, total: 100, etaMs: null, figures: {} },
    { phase: "score", unit: "frames", done: 70, total: 100, etaMs: 1500, figures: { msPerFrame: 50 } },
  ]);
});

it("never promises a negative time where an estimated total is passed", () => {
  const reports: JobProgress[] = [];
  let now = 0;
  const report = (progress: JobProgress) => void reports.push(progress);
  const phase = startPhase({ phase: "store", unit: "frames", total: 10, clock: () => now, report });
  now += 500;
  phase.update(12);
  expect(reports.at(-1)).toMatchObject({ done: 12, etaMs: 0 });
});
