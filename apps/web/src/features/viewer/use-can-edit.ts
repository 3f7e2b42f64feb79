"use client";
import { viewerQuery } from "@engram/sdk";
import { useApiQuery } from "../../lib/use-api.ts";

/** Whether to offer what changes things: the server decides in any case. */
export function useCanEdit(): boolean {
  const role = useApiQuery(viewerQuery, {}, { staleTimeMs: 60_000 }).data?.viewer?.role;
  return role !== undefined && role !== "VIEWER";
}
