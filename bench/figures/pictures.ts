// Pixels as colours: frames, heat maps, and maps that name one of a few things a place.
import sharp from "sharp";

/** uint8 [side, side, 3]. */
export interface Picture {
  readonly side: number;
  readonly data: Uint8Array;
}

/** @param values [side, side] or [side, side, 3], in [0, 1], cut to it */
export function pictureOf(values: ArrayLike<number>, side: number): Picture {
  const channels = values.length / (side * side);
  const data = new Uint8ClampedArray(3 * side * side);
  for (let i = 0; i < data.length; i++) {
    data[i] = 255 * values[channels === 3 ? i : Math.floor(i / 3)]!;
  }
  return { side, data: new Uint8Array(data.buffer) };
}

/** Black, violet, red, yellow, white: evenly rising in brightness. */
const HEAT = ["#000004", "#51127c", "#b73779", "#fc8961", "#fcfdbf"] as const;

/** @param values [side, side], 0 black, `largest` and more the brightest */
export function heat(values: ArrayLike<number>, side: number, largest: number): Picture {
  const stops = HEAT.map(parseColour);
  const data = new Uint8Array(3 * side * side);
  for (let i = 0; i < side * side; i++) {
    const place = Math.min(1, Math.max(0, values[i]! / largest)) * (stops.length - 1);
    const stop = Math.min(stops.length - 2, Math.floor(place));
    data.set(mix(stops[stop]!, stops[stop + 1]!, place - stop), 3 * i);
  }
  return { side, data };
}

export const HEAT_GRADIENT = HEAT.map(
  (colour, i) => `<stop offset="${i / (HEAT.length - 1)}" stop-color="${colour}"/>`,
).join("");

/** Ten colours that are told apart. */
export const COLOURS = [
  ...["#4e79a7", "#f28e2b", "#e15759", "#76b7b2", "#59a14f"],
  ...["#edc948", "#b07aa1", "#ff9da7", "#9c755f", "#bab0ac"],
];

const TINT = 0.62;

/**
 * A picture in greys, tinted by which of up to ten things each place stands for.
 *
 * @param indices [places, places], 0…9; `picture.side` is a multiple of `places`
 */
export function tinted(picture: Picture, indices: ArrayLike<number>): Picture {
  const { side } = picture;
  const places = Math.sqrt(indices.length);
  const colours = COLOURS.map(parseColour);
  const data = new Uint8Array(picture.data.length);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const at = 3 * (y * side + x);
      const place = Math.floor((y * places) / side) * places + Math.floor((x * places) / side);
      const grey = (picture.data[at]! + picture.data[at + 1]! + picture.data[at + 2]!) / 3;
      data.set(mix([grey, grey, grey], colours[indices[place]!]!, TINT), at);
    }
  }
  return { side, data };
}

/** An `<image>` of the picture, its pixels kept as squares. */
export async function imageElement(picture: Picture, width: number, height: number): Promise<string> {
  const { side, data } = picture;
  const png = await sharp(data, { raw: { width: side, height: side, channels: 3 } })
    .resize({ width, height, fit: "fill", kernel: "nearest" })
    .png()
    .toBuffer();
  return `<image width="${width}" height="${height}" xlink:href="data:image/png;base64,${png.toString("base64")}"/>`;
}

type Colour = readonly [number, number, number];

function parseColour(hex: string): Colour {
  const value = Number.parseInt(hex.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

function mix(a: Colour, b: Colour, share: number): [number, number, number] {
  return [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, a[2] + (b[2] - a[2]) * share];
}
