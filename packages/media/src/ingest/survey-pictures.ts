// A folder of independent pictures looked at. Each may have a size of its own, and one that is broken is left out with
// a warning: the others do not need it, as the frames of a video would.
import { createHash } from "node:crypto";
import { posix } from "node:path";
import { throwIfCanceled } from "../canceled.ts";
import { DECODE_CONCURRENCY } from "../images/decode-frame.ts";
import { inspectPicture, type PictureFacts } from "../images/inspect-picture.ts";
import { readWhole } from "../layouts/files.ts";
import type { ClipFiles } from "../layouts/layout.ts";
import { mapOrdered } from "../ordered-map.ts";
import { pictureName, quarantineSentence, unlabelled } from "./plan-clip.ts";
import type { SurveyedClip } from "./survey-clip.ts";

interface Picture {
  readonly file: string;
  readonly mask: string | null;
  readonly facts: PictureFacts;
  readonly hash: string;
}

const NAMED = 3;

export async function surveyPictures(
  root: string,
  clip: ClipFiles,
  files: readonly string[],
  signal: AbortSignal | undefined,
): Promise<SurveyedClip> {
  const pictures: Picture[] = [];
  const broken: string[] = [];
  let sizeBytes = 0;
  const looks = mapOrdered(files, DECODE_CONCURRENCY, async (file, index) => {
    try {
      const bytes = await readWhole(root, file, "DECODE_FAILED");
      sizeBytes += bytes.byteLength;
      const facts = await inspectPicture(bytes, pictureName(file));
      const hash = createHash("sha256").update(bytes).digest("hex");
      return { file, facts, hash, mask: clip.masks?.[index] ?? null };
    } catch (err) {
      return quarantineSentence(err);
    }
  });
  for await (const look of looks) {
    throwIfCanceled(signal);
    if (typeof look === "string") broken.push(look);
    else pictures.push(look);
  }
  const [first] = pictures;
  if (first === undefined) {
    const quarantineReason = broken[0] ?? `Folder ${clip.name} holds no picture.`;
    const source = { kind: "FRAMES", files, mediaType: "image/png" } as const;
    return { clip: { ...unlabelled(clip), source, quarantineReason }, sizeBytes, warnings: [], hashes: null };
  }
  const isAllJpeg = pictures.every(({ facts }) => facts.format === "JPEG");
  return {
    clip: {
      ...unlabelled(clip),
      source: {
        kind: "FRAMES",
        files: pictures.map(({ file }) => file),
        mediaType: isAllJpeg ? "image/jpeg" : "image/png",
      },
      ...commonSize(pictures),
      frameCount: pictures.length,
      masks: clip.masks && pictures.map(({ mask }) => mask),
    },
    sizeBytes,
    warnings: [
      ...broken.map((reason) => `${reason.replace(/\.$/, "")}; the picture is left out.`),
      ...sizeWarnings(pictures),
      ...maskWarnings(clip, pictures),
      ...(await maskSizeWarnings(root, pictures)),
    ],
    hashes: new Map(pictures.map(({ file, hash }) => [file, hash])),
  };
}

const sizeName = ({ width, height }: PictureFacts) => `${width}×${height}`;

/** As the folder is called in the source: `test/good`. */
function folderOf(pictures: readonly Picture[]): string {
  return posix.dirname(pictures[0]!.file);
}

/** The size that most pictures have, and where not all have it, that of each. */
function commonSize(pictures: readonly Picture[]) {
  const [common] = bySize(pictures)[0]!;
  const { width, height } = common!.facts;
  const isOneSize = pictures.every(({ facts }) => facts.width === width && facts.height === height);
  const sizes = pictures.flatMap(({ facts }) => [facts.width, facts.height]);
  return { width, height, frameSizes: isOneSize ? null : Uint32Array.from(sizes) };
}

/** Pictures of one size together, the most first. */
function bySize(pictures: readonly Picture[]): Picture[][] {
  const groups = new Map<string, Picture[]>();
  for (const picture of pictures) {
    const size = sizeName(picture.facts);
    const group = groups.get(size);
    if (group === undefined) groups.set(size, [picture]);
    else group.push(picture);
  }
  return [...groups.values()].sort((a, b) => b.length - a.length);
}

function sizeWarnings(pictures: readonly Picture[]): string[] {
  const [common, ...others] = bySize(pictures);
  if (common === undefined || others.length === 0) return [];
  const odd = others.flat().map(({ file, facts }) => `${pictureName(file)} ${sizeName(facts)}`);
  return [
    `${folderOf(pictures)} has pictures of unequal sizes: ${common.length} of ${pictures.length} are ${sizeName(common[0]!.facts)}; each other is shown and masked at its own, ${listing(odd)}.`,
  ];
}

/** Pictures of a defect whose place is not known. */
function maskWarnings(clip: ClipFiles, pictures: readonly Picture[]): string[] {
  if (clip.split !== "TEST" || clip.name.split("/").at(-1) === "good") return [];
  const without = pictures.filter(({ mask }) => mask === null).map(({ file }) => pictureName(file));
  if (without.length === 0) return [];
  const told = "labelled defective, they count in image figures and not in pixel figures";
  return [
    without.length === pictures.length
      ? `${folderOf(pictures)}: none of the ${pictures.length} pictures has a mask; ${told}.`
      : `${folderOf(pictures)}: ${without.length} of ${pictures.length} pictures have no mask (${listing(without)}); ${told}.`,
  ];
}

async function maskSizeWarnings(root: string, pictures: readonly Picture[]): Promise<string[]> {
  const odd: string[] = [];
  const looks = mapOrdered(pictures, DECODE_CONCURRENCY, async ({ mask, facts }) => {
    const found = mask === null ? null : await findMaskSize(root, mask);
    return found === null || found === sizeName(facts)
      ? null
      : `${pictureName(mask!)} ${found} for ${sizeName(facts)}`;
  });
  for await (const look of looks) if (look !== null) odd.push(look);
  if (odd.length === 0) return [];
  return [`Masks of another size than their pictures are stretched over them: ${listing(odd)}.`];
}

/** null for a mask that is broken: that is told where it is stored. */
async function findMaskSize(root: string, mask: string): Promise<string | null> {
  try {
    return sizeName(await inspectPicture(await readWhole(root, mask, "DECODE_FAILED"), pictureName(mask)));
  } catch (err) {
    quarantineSentence(err);
    return null;
  }
}

function listing(names: readonly string[]): string {
  const more = names.length - NAMED;
  return `${names.slice(0, NAMED).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
