// What a layout says of a folder: which files make which clip. Nothing is decoded here.
import type { ClipKind, DatasetLayout, Split } from "@engram/core";
import type { ClipLength, LabelFile } from "../labels/frame-labels.ts";

/** Paths are relative to the root, with forward slashes. */
export interface ClipFiles {
  readonly name: string;
  readonly split: Split;
  readonly kind: ClipKind;
  readonly source:
    | { readonly kind: "FRAMES"; readonly files: readonly string[] }
    | { readonly kind: "VIDEO"; readonly file: string };
  /** per frame, null where a frame has none; null where the clip has no masks at all */
  readonly masks: readonly (string | null)[] | null;
}

/** Training clips of a set without test clips count as TEST. */
export type LabelledSplit = Extract<Split, "TEST" | "VALIDATION">;

export interface LayoutContent {
  readonly clips: readonly ClipFiles[];
  /** files of ground truth that belong to no clip */
  readonly unmatched: readonly string[];
  /** what there is to say of the folder as a whole, one sentence each */
  readonly warnings?: readonly string[];
  /**
   * Labels for the given clips, which are of one split, from its label file; null where there is none. The label file
   * of test clips may speak of validation clips too, but for those that are named as a test clip.
   */
  readLabels(clips: readonly ClipLength[], split: LabelledSplit): Promise<LabelFile | null>;
}

export interface LayoutReader {
  readonly layout: DatasetLayout;
  /** one clause that says what it looks like */
  readonly description: string;
  matches(root: string): Promise<boolean>;
  read(root: string): Promise<LayoutContent>;
}
