// training/frames/<clip>/*.jpg, testing/frames/<clip>/*.jpg, masks/<clip>/*.png, frame_labels.json or
// frame_labels_<set>.npy: the layout in which Ped2, Avenue and ShanghaiTech are passed around. Ours beside it:
// validation/frames/<clip>/*.jpg, labelled in validation_frame_labels.json or, by other names than the test clips', in
// frame_labels.json.
import { posix } from "node:path";
import type { Split } from "@engram/core";
import { type ClipLength, type LabelFile, parseJsonLabels, parseNpyLabels } from "../labels/frame-labels.ts";
import { listFolder, listPictures, matchMasks, readWhole } from "./files.ts";
import type { ClipFiles, LabelledSplit, LayoutContent, LayoutReader } from "./layout.ts";

const FOLDERS: readonly (readonly [string, Split])[] = [
  ["training/frames", "TRAIN"],
  ["testing/frames", "TEST"],
  ["validation/frames", "VALIDATION"],
];
const JSON_LABELS = "frame_labels.json";
const VALIDATION_LABELS = "validation_frame_labels.json";
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
    return { clips, unmatched, readLabels: (lengths, split) => readLabels(root, lengths, split, testNames) };
  },
};

async function readLabels(
  root: string,
  clips: readonly ClipLength[],
  split: LabelledSplit,
  testNames: ReadonlySet<string>,
): Promise<LabelFile | null> {
  const { files } = await listFolder(root);
  const readJson = async (of: readonly ClipLength[], file: string) =>
    parseJsonLabels((await readWhole(root, file, "BAD_INPUT")).toString(), of, file);
  if (split === "VALIDATION") {
    if (files.includes(VALIDATION_LABELS)) return readJson(clips, VALIDATION_LABELS);
    const others = clips.filter(({ name }) => !testNames.has(name));
    return files.includes(JSON_LABELS) ? readJson(others, JSON_LABELS) : null;
  }
  if (files.includes(JSON_LABELS)) return readJson(clips, JSON_LABELS);
  const npy = files.find((file) => NPY_LABELS.test(file));
  return npy === undefined ? null : parseNpyLabels(await readWhole(root, npy, "BAD_INPUT"), clips, npy);
}
