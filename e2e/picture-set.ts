// A set of pictures in the MVTec layout, cut from a synthetic scene: people on the paths are good, a cart is not.
import { copyFile, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { writeSyntheticScene } from "@engram/media";

type Scene = Awaited<ReturnType<typeof writeSyntheticScene>>;

const DEFECT = "02-cart";
const EVERY = 3;
/** Test pictures that are good, and as many with a cart in them. */
export const TESTED = 6;

/** Every third frame of the first training clip is trained on; good test pictures are of the second. */
export async function writePictureSet(folder: string, scene: string, { clips }: Scene): Promise<void> {
  const clipOf = (name: string) => clips.find((clip) => clip.name === name)!;
  const copy = async (from: string, to: string) => {
    await mkdir(dirname(join(folder, to)), { recursive: true });
    await copyFile(join(scene, from), join(folder, to));
  };
  for (let frame = 0; frame < clipOf("01").frameCount; frame += EVERY)
    await copy(`training/frames/01/${stem(frame)}.jpg`, `train/good/${stem(frame)}.jpg`);
  const { first } = clipOf(DEFECT).abnormal[0]!;
  for (let index = 0; index < TESTED; index++) {
    const good = stem(index * EVERY);
    await copy(`training/frames/02/${good}.jpg`, `test/good/${good}.jpg`);
    const cart = stem(first + index);
    await copy(`testing/frames/${DEFECT}/${cart}.jpg`, `test/cart/${cart}.jpg`);
    await copy(`masks/${DEFECT}/${cart}.png`, `ground_truth/cart/${cart}_mask.png`);
  }
}

const stem = (frame: number) => String(frame).padStart(3, "0");
