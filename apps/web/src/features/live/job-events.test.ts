import type { JobFieldsFragment } from "@engram/sdk";
import { describe, expect, it } from "vitest";
import { mergeJob, mergeJobIntoList } from "./job-events.ts";

const job = (over: Partial<JobFieldsFragment>): JobFieldsFragment => ({
  id: "a",
  number: 1,
  kind: "TRAIN",
  state: "RUNNING",
  attempt: 1,
  maxAttempts: 3,
  title: "Train",
  revision: 4,
  device: null,
  errorCode: null,
  errorMessage: null,
  createdAt: "2026-01-01T00:00:00Z",
  startedAt: null,
  finishedAt: null,
  progress: null,
  ...over,
});

describe("mergeJob", () => {
  it("lays a newer event over the job and keeps what the event does not carry", () => {
    const merged = mergeJob({ ...job({}), extra: 7 }, job({ revision: 5, state: "SUCCEEDED" }));
    expect(merged).toMatchObject({ state: "SUCCEEDED", revision: 5, extra: 7 });
  });

  it("lets no late event turn a job back", () => {
    const newest = job({ revision: 9, state: "SUCCEEDED" });
    expect(mergeJob(newest, job({ revision: 8 }))).toBe(newest);
  });
});

describe("mergeJobIntoList", () => {
  it("patches the one job and leaves an answer without it as it is", () => {
    const answer = { project: { jobs: { nodes: [job({}), job({ id: "b" })] } } };
    const merged = mergeJobIntoList(answer, job({ id: "b", revision: 5, state: "FAILED" }));
    expect(merged.project.jobs.nodes.map((one) => one.state)).toEqual(["RUNNING", "FAILED"]);
    expect(mergeJobIntoList(answer, job({ id: "c" }))).toBe(answer);
    expect(mergeJobIntoList({ project: null }, job({}))).toEqual({ project: null });
  });
});
