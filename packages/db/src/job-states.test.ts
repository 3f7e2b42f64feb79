import { jobStateSchema } from "@engram/core";
import { describe, expect, it } from "vitest";
import {
  beginsNewAttempt,
  isLegalJobTransition,
  isTerminalJobState,
  JOB_TRANSITIONS,
  TERMINAL_JOB_STATES,
} from "./job-states.ts";

describe("the job state machine", () => {
  it("never leaves a terminal state", () => {
    const terminal = jobStateSchema.options.filter(isTerminalJobState);
    expect(terminal.sort()).toEqual([...TERMINAL_JOB_STATES].sort());
  });

  it("reaches a terminal state from every other one", () => {
    for (const state of jobStateSchema.options) {
      const reached = new Set([state]);
      for (const from of reached) for (const to of JOB_TRANSITIONS[from]) reached.add(to);
      expect([...reached].some(isTerminalJobState), state).toBe(true);
    }
  });

  it("does not let a job succeed that was not running", () => {
    const before = jobStateSchema.options.filter((state) => isLegalJobTransition(state, "SUCCEEDED"));
    expect(before).toEqual(["RUNNING"]);
  });

  it("counts an attempt where work is given back, not where it is paused", () => {
    expect(beginsNewAttempt("RUNNING", "QUEUED")).toBe(true);
    expect(beginsNewAttempt("INTERRUPTED", "QUEUED")).toBe(true);
    expect(beginsNewAttempt("PAUSED", "QUEUED")).toBe(false);
  });
});
