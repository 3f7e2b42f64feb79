// A stored clip as the database keeps it: long columns packed little-endian.
import { type NewClip, packFloat64, packUint32 } from "@engram/db";
import { encodeArchiveIndex, type IngestedClip } from "@engram/media";

export function clipRow(
  owner: Pick<NewClip, "organizationId" | "projectId" | "datasetVersionId">,
  ordinal: number,
  clip: IngestedClip,
): NewClip {
  const { name, split, kind, width, height, frameCount, frameNames, frameSizes, frameRate, ptsMs } = clip;
  const facts = {
    ...{ ...owner, ordinal, name, split, kind, width, height, frameCount, frameRate },
    frameNames: [...frameNames],
    frameSizes: frameSizes && Uint8Array.from(packUint32(frameSizes)),
    ptsMs: ptsMs && Uint8Array.from(packFloat64(ptsMs)),
  };
  if (clip.state === "QUARANTINED") {
    return { ...facts, state: "QUARANTINED", quarantineReason: clip.quarantineReason };
  }
  const { archive, sourceHash, labels } = clip;
  return {
    ...facts,
    state: "READY",
    archiveHash: archive.hash,
    archiveIndex: encodeArchiveIndex(archive.index),
    archiveMediaType: archive.mediaType,
    sourceHash,
    ...(labels && { labels: labelsRow(labels) }),
  };
}

type Labels = NonNullable<Extract<IngestedClip, { state: "READY" }>["labels"]>;

function labelsRow({ labels, abnormalCount, masks }: Labels): NonNullable<NewClip["labels"]> {
  return {
    labels: Uint8Array.from(labels),
    abnormalCount,
    maskHash: masks?.hash ?? null,
    maskIndex: masks && encodeArchiveIndex(masks.index),
  };
}
