// Sets of pictures in MVTec's layout: train/good, test/good, test/<defect> and ground_truth/<defect>.
import { readdir, readFile } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import type { FrameSource } from "@engram/detectors";
import { createResizer, decodeFrame, type RawImage, withChannels } from "@engram/media";

export interface TestPicture {
  readonly name: string;
  /** the picture's own size: that of its mask */
  readonly width: number;
  readonly height: number;
  /** uint8 [height · width], anything but 0 is defective; null of a good picture */
  readonly mask: Uint8Array | null;
}

export interface ImageSet {
  readonly training: FrameSource;
  /** good pictures that are not trained on: every fifth of train/good, by name */
  readonly heldOut: FrameSource;
  readonly test: FrameSource;
  /** in the order of `test` */
  readonly pictures: readonly TestPicture[];
}

const HELD_OUT_EVERY = 5;

/** @param size side of the square that every picture is resized to; masks stay as they are */
export async function readImageSet(folder: string, size: number): Promise<ImageSet> {
  const good = await readPictures(join(folder, "train/good"));
  const { channels } = good[0]!.image;
  const defects = (await readdir(join(folder, "test"))).filter((name) => name !== "good").sort();
  const tested: (Picture & { readonly mask: Uint8Array | null })[] = [];
  for (const picture of await readPictures(join(folder, "test/good")))
    tested.push({ ...picture, mask: null });
  for (const defect of defects) {
    for (const picture of await readPictures(join(folder, "test", defect))) {
      tested.push({ ...picture, mask: await readMask(join(folder, "ground_truth", defect), picture) });
    }
  }
  const clip = (name: string, pictures: readonly Picture[]) => toClip(name, pictures, size, channels);
  const isHeldOut = (index: number) => index % HELD_OUT_EVERY === HELD_OUT_EVERY - 1;
  return {
    training: clip(
      "train",
      good.filter((_, index) => !isHeldOut(index)),
    ),
    heldOut: clip(
      "held out",
      good.filter((_, index) => isHeldOut(index)),
    ),
    test: clip("test", tested),
    pictures: tested.map(({ name, image: { width, height }, mask }) => ({ name, width, height, mask })),
  };
}

interface Picture {
  readonly name: string;
  readonly image: RawImage;
}

async function readPictures(folder: string): Promise<Picture[]> {
  const pictures: Picture[] = [];
  for (const name of (await readdir(folder)).sort()) {
    pictures.push({ name, image: await decodeFrame(await readFile(join(folder, name)), name) });
  }
  return pictures;
}

/** `<name>_mask.png` as MVTec names it, or `<name>.png`. */
async function readMask(folder: string, { name, image }: Picture): Promise<Uint8Array> {
  const stem = basename(name, extname(name));
  const names = await readdir(folder);
  const file = [`${stem}_mask.png`, `${stem}.png`].find((candidate) => names.includes(candidate));
  if (file === undefined) throw new Error(`${name} has no mask in ${folder}.`);
  const mask = withChannels(await decodeFrame(await readFile(join(folder, file)), file), 1);
  if (mask.width === image.width && mask.height === image.height) return mask.data;
  throw new Error(`The mask of ${name} is ${mask.width}×${mask.height}, not ${image.width}×${image.height}.`);
}

function toClip(
  name: string,
  pictures: readonly Picture[],
  size: number,
  channels: FrameSource["channels"],
): FrameSource {
  const frameBytes = size * size * channels;
  const pixels = new Uint8Array(pictures.length * frameBytes);
  for (const [index, { image }] of pictures.entries()) {
    const resize = createResizer(image, { width: size, height: size }, channels);
    resize(withChannels(image, channels).data, pixels.subarray(index * frameBytes, (index + 1) * frameBytes));
  }
  const read = async (start: number, count: number) =>
    pixels.slice(start * frameBytes, (start + count) * frameBytes);
  return { name, frameCount: pictures.length, channels, read };
}
