// Tables for people.
import type { Measured } from "@engram/core";

export function markdownTable(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(titles), line(titles.map(() => "---")), ...rows.map(line)].join("\n");
}

export function percent({ value, reason }: Measured): string {
  return value === null ? `– (${reason})` : (100 * value).toFixed(1);
}
