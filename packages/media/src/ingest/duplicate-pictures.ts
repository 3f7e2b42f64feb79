// Pictures that a model would be tested on although it was trained on them. Copies byte for byte alone: pictures of
// one product are so alike that anything looser would find them all.
import type { ClipFiles } from "../layouts/layout.ts";
import type { SurveyedClip } from "./survey-clip.ts";

const NAMED = 3;

/** One sentence where pictures lie in more than one split, else nothing. */
export function duplicateWarnings(surveyed: readonly SurveyedClip[]): string[] {
  const seen = new Map<string, { readonly file: string; readonly split: ClipFiles["split"] }>();
  const copies: string[] = [];
  for (const { clip, hashes } of surveyed) {
    for (const [file, hash] of hashes ?? []) {
      const first = seen.get(hash);
      if (first === undefined) seen.set(hash, { file, split: clip.split });
      else if (first.split !== clip.split) copies.push(`${first.file} = ${file}`);
    }
  }
  if (copies.length === 0) return [];
  const more = copies.length > NAMED ? ` and ${copies.length - NAMED} more` : "";
  const what = copies.length === 1 ? "1 picture lies" : `${copies.length} pictures lie`;
  return [`${what} in more than one split: ${copies.slice(0, NAMED).join(", ")}${more}.`];
}
