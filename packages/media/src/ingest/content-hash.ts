// The name of a data set version's content: equal clips, splits, labels and masks give the equal hash, wherever and
// whenever they were imported.
import { createHash } from "node:crypto";
import type { IngestedClip } from "./ingest-clip.ts";

/** sha256 in hexadecimal, independent of the order of the clips. */
export function datasetContentHash(clips: readonly IngestedClip[]): string {
  const lines = clips.map(describe).toSorted();
  return createHash("sha256").update(lines.join("\n")).digest("hex");
}

function describe(clip: IngestedClip): string {
  const base = [clip.split, clip.name, clip.state];
  if (clip.state === "QUARANTINED") return JSON.stringify(base);
  const { archive, sourceHash, labels } = clip;
  return JSON.stringify([
    ...base,
    // A video is its file: its proxies depend on the decoder's version.
    sourceHash ?? [archive.hash, sha256(archive.index)],
    labels === null ? null : [sha256(labels.labels), labels.masks?.hash ?? null],
    // Pictures go by their names; the hashes of videos are what they were before there were pictures.
    ...(clip.kind === "IMAGES" ? [clip.frameNames] : []),
  ]);
}

function sha256(values: Uint8Array | Uint32Array): string {
  return createHash("sha256").update(values.join(",")).digest("hex");
}
