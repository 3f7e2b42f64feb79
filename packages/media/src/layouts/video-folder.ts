// A folder of videos, in subfolders train, validation and test where it has splits, with an optional labels.csv; or one folder of
// pictures, which is one clip.
import { posix } from "node:path";
import { type Split, splitSchema } from "@engram/core";
import { parseCsvLabels, withoutExtension } from "../labels/csv-labels.ts";
import { hasVideoExtension } from "../video/container.ts";
import { listFolder, listPictures, readWhole } from "./files.ts";
import type { ClipFiles, LayoutContent, LayoutReader } from "./layout.ts";

const SPLIT_FOLDERS: Readonly<Record<string, Split>> = {
  train: "TRAIN",
  training: "TRAIN",
  calibration: "CALIBRATION",
  validation: "VALIDATION",
  test: "TEST",
  testing: "TEST",
};
const SPLIT_ORDER = splitSchema.options;
const LABELS = "labels.csv";
const FOLDER_CLIP = "frames";

export const videoFolderLayout: LayoutReader = {
  layout: "VIDEO_FOLDER",
  description:
    "a folder of videos (mp4, avi, mov, mkv; optionally in train/ and test/) or of the pictures of one clip",
  async matches(root) {
    if ((await listPictures(root, "")).length > 0) return true;
    return (await videosBySplit(root)).length > 0;
  },
  async read(root): Promise<LayoutContent> {
    const videos = await videosBySplit(root);
    const pictures = await listPictures(root, "");
    const clips: readonly ClipFiles[] =
      videos.length > 0
        ? videos.map(({ name, split, file }) => ({
            name,
            split,
            kind: "VIDEO",
            source: { kind: "VIDEO", file },
            masks: null,
          }))
        : [
            {
              ...{ name: FOLDER_CLIP, split: "TRAIN", kind: "VIDEO", masks: null },
              source: { kind: "FRAMES", files: pictures },
            },
          ];
    return {
      clips,
      // Pictures beside videos belong to none of them.
      unmatched: videos.length > 0 ? pictures : [],
      async readLabels(lengths, split) {
        if (!(await listFolder(root)).files.includes(LABELS)) return null;
        const isTest = (name: string) => clips.some((clip) => clip.split === "TEST" && clip.name === name);
        const spokenOf = split === "TEST" ? lengths : lengths.filter(({ name }) => !isTest(name));
        return parseCsvLabels((await readWhole(root, LABELS, "BAD_INPUT")).toString(), spokenOf, LABELS);
      },
    };
  },
};

interface FoundVideo {
  readonly name: string;
  readonly split: Split;
  readonly file: string;
}

async function videosBySplit(root: string): Promise<FoundVideo[]> {
  const { folders } = await listFolder(root);
  const found = await videosIn(root, "", "TRAIN");
  for (const folder of folders) {
    const split = SPLIT_FOLDERS[folder.toLowerCase()];
    if (split !== undefined) found.push(...(await videosIn(root, folder, split)));
  }
  return found.toSorted((a, b) => SPLIT_ORDER.indexOf(a.split) - SPLIT_ORDER.indexOf(b.split));
}

async function videosIn(root: string, folder: string, split: Split): Promise<FoundVideo[]> {
  const videos = (await listFolder(root, folder)).files.filter(hasVideoExtension);
  const stems = videos.map(withoutExtension);
  return videos.map((video, i) => {
    const stem = stems[i]!;
    const isOnlyOne = stems.indexOf(stem) === stems.lastIndexOf(stem);
    return { name: isOnlyOne ? stem : video, split, file: posix.join(folder, video) };
  });
}
