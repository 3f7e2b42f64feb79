// labels.csv of a folder of videos: one abnormal interval a line, frames counted from 0, both ends included.
import { AppError } from "@engram/core";
import { type ClipLength, type FrameRange, type LabelFile, labelsFromRanges } from "./frame-labels.ts";

const COLUMNS = ["clip", "start_frame", "end_frame"] as const;

/**
 * Parses `clip,start_frame,end_frame`. A clip is named as in the report or by its file name, with or without
 * extension. Clips that no line names are wholly normal.
 *
 * @throws AppError BAD_INPUT naming the line, LABEL_MISMATCH when an interval leaves its clip
 */
export function parseCsvLabels(text: string, clips: readonly ClipLength[], file: string): LabelFile {
  const [header, ...rows] = text.replace(/^\uFEFF/, "").split(/\r?\n/);
  const columns = splitCsvLine(header ?? "").map((cell) => cell.toLowerCase());
  const positions = COLUMNS.map((column) => columns.indexOf(column));
  if (positions.includes(-1)) {
    throw new AppError("BAD_INPUT", `${file} begins with "${header ?? ""}", expected ${COLUMNS.join(",")}.`);
  }
  const ranges = new Map<string, FrameRange[]>(clips.map((clip) => [clip.name, []]));
  const unmatched = new Set<string>();
  rows.forEach((row, i) => {
    if (row.trim() === "") return;
    const cells = splitCsvLine(row);
    const [clip = "", first = "", last = ""] = positions.map((position) => cells[position]);
    if (!/^\d{1,12}$/.test(first) || !/^\d{1,12}$/.test(last)) {
      throw new AppError("BAD_INPUT", `${file}, line ${i + 2}: "${row}" does not give two frame numbers.`);
    }
    const name = [clip, withoutExtension(clip)].find((candidate) => ranges.has(candidate));
    if (name === undefined) unmatched.add(clip);
    else ranges.get(name)?.push({ first: Number(first), last: Number(last) });
  });
  const labels = new Map(
    clips.map((clip) => [clip.name, labelsFromRanges(clip, ranges.get(clip.name) ?? [], file)]),
  );
  return { labels, unmatched: [...unmatched] };
}

export function withoutExtension(name: string): string {
  return name.replace(/\.[^./]+$/, "");
}

const CELL = /\s*(?:"((?:[^"]|"")*)"\s*|([^,]*))(,|$)/y;

/** Cells of a line, trimmed; a cell may stand in double quotes, in which two quotes mean one. */
function splitCsvLine(line: string): string[] {
  const cells: string[] = [];
  CELL.lastIndex = 0;
  for (let match = CELL.exec(line); match !== null; match = CELL.exec(line)) {
    cells.push(match[1]?.replaceAll('""', '"') ?? (match[2] ?? "").trim());
    if (match[3] === "") break;
  }
  return cells;
}
