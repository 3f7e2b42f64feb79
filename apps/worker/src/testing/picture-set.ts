// A set of independent pictures in the MVTec layout, made of the synthetic scene: an empty path is sound, a path with
// somebody who should not be there is defective.
import { cp, mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { writeSmallScene } from "./pipeline.ts";
import type { Rig } from "./rig.ts";

export const PICTURE_SET = { training: 40, good: 8, defective: 6 } as const;

/** Each defective picture has its mask; names are `<clip>-<frame>`. */
export async function writePictureSet(rig: Rig, name: string): Promise<string> {
  const scene = await writeSmallScene(rig, `${name}-scene`, { trainingClips: 3, testFrames: 24 });
  const set = join(rig.folder, name);
  const training = join(scene, "training/frames");
  const [first = "", second = "", third = ""] = (await readdir(training)).sort();
  for (const clip of [first, second]) await copyAll(join(training, clip), join(set, "train/good"), clip);
  await copyAll(join(training, third), join(set, "test/good"), third, PICTURE_SET.good);
  const [abnormal = ""] = (await readdir(join(scene, "masks"))).sort();
  // The anomaly is in view half-way through a test clip.
  const halfWay = { count: PICTURE_SET.defective, from: 10 };
  const [frames, masks] = [join(scene, "testing/frames", abnormal), join(scene, "masks", abnormal)];
  await copyAll(frames, join(set, "test/intruder"), abnormal, halfWay.count, halfWay.from);
  await copyAll(masks, join(set, "ground_truth/intruder"), abnormal, halfWay.count, halfWay.from);
  return set;
}

async function copyAll(from: string, to: string, prefix: string, count = Number.MAX_SAFE_INTEGER, start = 0) {
  await mkdir(to, { recursive: true });
  const files = (await readdir(from)).sort().slice(start, start + count);
  for (const file of files) await cp(join(from, file), join(to, `${prefix}-${file}`));
}
