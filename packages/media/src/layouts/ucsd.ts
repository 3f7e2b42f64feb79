// Train/Train001/001.tif, Test/Test001/001.tif, Test/Test001_gt/001.bmp, and a .m file of one-based ranges: UCSD
// Pedestrian as its authors publish it.
import { posix } from "node:path";
import type { Split } from "@engram/core";
import { type ClipLength, type LabelFile, parseMatlabRanges } from "../labels/frame-labels.ts";
import { listFolder, listPictures, matchMasks, readWhole } from "./files.ts";
import type { ClipFiles, LayoutContent, LayoutReader } from "./layout.ts";

const FOLDERS: readonly (readonly [string, Split])[] = [
  ["Train", "TRAIN"],
  ["Test", "TEST"],
];
const CLIP = /^(Train|Test)\d+$/i;
const MASKS = "_gt";

export const ucsdLayout: LayoutReader = {
  layout: "UCSD",
  description: "UCSD (Train/Train001/001.tif and Test/Test001/001.tif)",
  async matches(root) {
    for (const [folder] of FOLDERS) {
      if ((await listFolder(root, folder)).folders.some((name) => CLIP.test(name))) return true;
    }
    return false;
  },
  async read(root): Promise<LayoutContent> {
    const clips: ClipFiles[] = [];
    const unmatched: string[] = [];
    for (const [folder, split] of FOLDERS) {
      const { folders } = await listFolder(root, folder);
      for (const name of folders.filter((candidate) => CLIP.test(candidate))) {
        const files = await listPictures(root, posix.join(folder, name));
        const found = matchMasks(files, await listPictures(root, posix.join(folder, name + MASKS)));
        const source = { kind: "FRAMES", files } as const;
        clips.push({ name, split, kind: "VIDEO", source, masks: found.masks });
        unmatched.push(...found.unmatched);
      }
      const orphans = folders.filter(
        (name) => name.endsWith(MASKS) && !folders.includes(name.slice(0, -MASKS.length)),
      );
      unmatched.push(...orphans.map((name) => posix.join(folder, name)));
    }
    return { clips, unmatched, readLabels: (lengths) => readLabels(root, lengths) };
  },
};

async function readLabels(root: string, clips: readonly ClipLength[]): Promise<LabelFile | null> {
  for (const folder of ["Test", ""]) {
    for (const name of (await listFolder(root, folder)).files.filter((file) => /\.m$/i.test(file))) {
      const text = (await readWhole(root, posix.join(folder, name), "BAD_INPUT")).toString();
      if (text.includes("gt_frame")) return parseMatlabRanges(text, clips, name);
    }
  }
  return null;
}
