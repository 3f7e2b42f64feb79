// training/frames/<clip>/*.jpg, testing/frames/<clip>/*.jpg, masks/<clip>/*.png, frame_labels.json or
// frame_labels_<set>.npy: the layout in which Ped2, Avenue and ShanghaiTech are passed around.
import { posix } from "node:path";
import type { Split } from "@engram/core";
import { type ClipLength, type LabelFile, parseJsonLabels, parseNpyLabels } from "../labels/frame-labels.ts";
import { listFolder, listPictures, matchMasks, readWhole } from "./files.ts";
import type { ClipFiles, LayoutContent, LayoutReader } from "./layout.ts";

const FOLDERS: readonly (readonly [string, Split])[] = [
  ["training/frames", "TRAIN"],
  ["testing/frames", "TEST"],
];
const JSON_LABELS = "frame_labels.json";
const NPY_LABELS = /^frame_labels(_.*)?\.npy$/i;

export const mnadLayout: LayoutReader = {
  layout: "MNAD",
  description: "MNAD (training/frames/<clip>/*.jpg and testing/frames/<clip>/*.jpg)",
  async matches(root) {
    for (const [folder] of FOLDERS) {
      if ((await listFolder(root, folder)).folders.length > 0) return true;
    }
    return false;
  },
  async read(root): Promise<LayoutContent> {
    const clips: ClipFiles[] = [];
    const unmatched: string[] = [];
    for (const [folder, split] of FOLDERS) {
      for (const name of (await listFolder(root, folder)).folders) {
        const files = await listPictures(root, posix.join(folder, name));
        const found = split === "TEST" ? matchMasks(files, await listPictures(root, `masks/${name}`)) : null;
        const source = { kind: "FRAMES", files } as const;
        clips.push({ name, split, kind: "VIDEO", source, masks: found?.masks ?? null });
        unmatched.push(...(found?.unmatched ?? []));
      }
    }
    const testNames = new Set(clips.filter((clip) => clip.split === "TEST").map((clip) => clip.name));
    for (const name of (await listFolder(root, "masks")).folders) {
      if (!testNames.has(name)) unmatched.push(`masks/${name}`);
    }
    return { clips, unmatched, readLabels: (lengths) => readLabels(root, lengths) };
  },
};

async function readLabels(root: string, clips: readonly ClipLength[]): Promise<LabelFile | null> {
  const { files } = await listFolder(root);
  if (files.includes(JSON_LABELS)) {
    return parseJsonLabels((await readWhole(root, JSON_LABELS, "BAD_INPUT")).toString(), clips, JSON_LABELS);
  }
  const npy = files.find((file) => NPY_LABELS.test(file));
  return npy === undefined ? null : parseNpyLabels(await readWhole(root, npy, "BAD_INPUT"), clips, npy);
}
