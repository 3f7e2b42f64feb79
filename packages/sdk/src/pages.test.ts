import { describe, expect, it } from "vitest";
import { collectPages, type Page } from "./pages.ts";

const pages: Record<string, Page<number>> = {
  start: { nodes: [1, 2], pageInfo: { hasNextPage: true, endCursor: "b" } },
  b: { nodes: [3], pageInfo: { hasNextPage: false, endCursor: "c" } },
};

describe("collectPages", () => {
  it("follows the cursors to the end and keeps the order", async () => {
    expect(await collectPages(async (after) => pages[after ?? "start"])).toEqual([1, 2, 3]);
  });

  it("tells a list that is not there from an empty one", async () => {
    expect(await collectPages(async () => null)).toBeNull();
    expect(await collectPages(async () => ({ nodes: [], pageInfo: { hasNextPage: false } }))).toEqual([]);
  });

  it("does not turn in circles where a cursor does not advance", async () => {
    const stuck: Page<number> = { nodes: [1], pageInfo: { hasNextPage: true, endCursor: "x" } };
    expect(await collectPages(async () => stuck)).toEqual([1, 1]);
  });
});
