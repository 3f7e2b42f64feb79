// What a look at a source finds out: the report for people, and the plan that the import follows.
import type { ClipKind, DatasetLayout, ImportReport, Split } from "@engram/core";
import type { ArchiveMediaType } from "../archives/frame-archive.ts";

/** Paths are relative to the plan's root. */
export type PlanSource =
  | { readonly kind: "FRAMES"; readonly files: readonly string[]; readonly mediaType: ArchiveMediaType }
  | { readonly kind: "VIDEO"; readonly file: string; readonly ptsMs: Float64Array };

export interface PlanClip {
  readonly name: string;
  readonly split: Split;
  readonly kind: ClipKind;
  readonly source: PlanSource;
  /** 0 where the clip could not be looked into */
  readonly width: number;
  readonly height: number;
  readonly frameCount: number;
  /** uint32 [frameCount, 2]: width and height of each picture of an IMAGES clip; null where all have the clip's */
  readonly frameSizes: Uint32Array | null;
  readonly frameRate: number | null;
  readonly isVariableFrameRate: boolean;
  /** uint8 [frameCount], 1 = abnormal; null where no label file speaks of the clip */
  readonly labels: Uint8Array | null;
  readonly masks: readonly (string | null)[] | null;
  /** one sentence; such a clip is not imported */
  readonly quarantineReason: string | null;
}

export interface ImportPlan {
  readonly root: string;
  readonly layout: DatasetLayout;
  readonly clips: readonly PlanClip[];
}

export interface Inspection {
  readonly report: ImportReport;
  readonly plan: ImportPlan;
}
