// train/good/000.png, test/<defect>/000.png, ground_truth/<defect>/000_mask.png (or 000.png): pictures of a product,
// sound and defective, as MVTec AD publishes them. A folder is a clip; what a picture shows is the name of its folder.
import { posix } from "node:path";
import type { Split } from "@engram/core";
import type { ClipLength, LabelFile } from "../labels/frame-labels.ts";
import { listFolder, listPictures, pairMasks } from "./files.ts";
import type { ClipFiles, LayoutContent, LayoutReader } from "./layout.ts";

const GOOD = "good";
const MASKS = "ground_truth";
const MASK_ENDING = "_mask";

export const mvtecLayout: LayoutReader = {
  layout: "MVTEC",
  description: "MVTec (train/good/*.png, test/<defect>/*.png and ground_truth/<defect>/*_mask.png)",
  async matches(root) {
    // One category in a folder is a folder's wrapping, which is looked through anyway.
    return (await isCategory(root, "")) || (await listCategories(root)).length > 1;
  },
  async read(root): Promise<LayoutContent> {
    if (await isCategory(root, "")) return content(await readCategory(root, ""), []);
    const names = await listCategories(root);
    const categories: Category[] = [];
    for (const name of names) categories.push(await readCategory(root, name));
    return content(
      {
        clips: categories.flatMap(({ clips }) => clips),
        unmatched: categories.flatMap(({ unmatched }) => unmatched),
      },
      [
        `The folder holds ${names.length} categories (${names.join(", ")}): a model trained on this data set learns all of them together. To have a model for each, as published figures do, import each category's own folder.`,
      ],
    );
  },
};

interface Category {
  readonly clips: readonly ClipFiles[];
  readonly unmatched: readonly string[];
}

async function isCategory(root: string, folder: string): Promise<boolean> {
  for (const split of ["train", "test"]) {
    if ((await listPictures(root, posix.join(folder, split, GOOD))).length > 0) return true;
  }
  return false;
}

async function listCategories(root: string): Promise<string[]> {
  const categories: string[] = [];
  for (const name of (await listFolder(root)).folders)
    if (await isCategory(root, name)) categories.push(name);
  return categories;
}

async function readCategory(root: string, folder: string): Promise<Category> {
  const clips: ClipFiles[] = [];
  const unmatched: string[] = [];
  const add = async (split: Split, from: string, name: string) => {
    const files = await listPictures(root, posix.join(folder, from, name));
    const masks =
      split === "TEST" ? pairMasks(files, await listPictures(root, maskFolder(name)), MASK_ENDING) : null;
    const source = { kind: "FRAMES", files } as const;
    clips.push({
      name: posix.join(folder, name),
      kind: "IMAGES",
      split,
      source,
      masks: masks?.masks ?? null,
    });
    unmatched.push(...(masks?.unmatched ?? []));
  };
  const maskFolder = (name: string) => posix.join(folder, MASKS, name);
  for (const name of (await listFolder(root, posix.join(folder, "train"))).folders) {
    // Training is on what is good: nothing else has a place there.
    if (name === GOOD) await add("TRAIN", "train", name);
    else unmatched.push(posix.join(folder, "train", name));
  }
  const defects = (await listFolder(root, posix.join(folder, "test"))).folders;
  for (const name of defects.toSorted((a, b) => Number(b === GOOD) - Number(a === GOOD))) {
    await add("TEST", "test", name);
  }
  for (const name of (await listFolder(root, posix.join(folder, MASKS))).folders) {
    if (!defects.includes(name)) unmatched.push(maskFolder(name));
  }
  return { clips, unmatched };
}

function content({ clips, unmatched }: Category, warnings: readonly string[]): LayoutContent {
  return { clips, unmatched, warnings, readLabels: async (lengths) => labelByFolder(lengths) };
}

/** Every picture of `good` is normal, every other abnormal, whether or not it has a mask. */
function labelByFolder(clips: readonly ClipLength[]): LabelFile {
  const labels = clips.map(({ name, frameCount }): [string, Uint8Array] => [
    name,
    new Uint8Array(frameCount).fill(posix.basename(name) === GOOD ? 0 : 1),
  ]);
  return { labels: new Map(labels), unmatched: [] };
}
