/** Pixels of one picture: uint8 [height, width, channels], row-major; 1 channel grey, 3 channels RGB. */
export interface RawImage {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly data: Uint8Array;
}

/** More pixels than any camera frame has: a larger picture is a mistake or an attack. */
export const MAX_PIXELS = 8192 * 8192;

/** RGB whose three channels are equal everywhere, as grey cameras' JPEGs are stored, becomes one channel. */
export function collapseNeutral(image: RawImage): RawImage {
  if (image.channels === 1) return image;
  const { data } = image;
  for (let i = 0; i < data.length; i += 3) {
    if (data[i] !== data[i + 1] || data[i] !== data[i + 2]) return image;
  }
  const grey = new Uint8Array(data.length / 3);
  for (let i = 0; i < grey.length; i++) grey[i] = data[3 * i]!;
  return { ...image, channels: 1, data: grey };
}

/**
 * The same picture with the channels asked for. Grey from RGB is luma of ITU-R BT.601,
 * 0.299·R + 0.587·G + 0.114·B in 16-bit fixed point, rounded; RGB from grey repeats the channel.
 */
export function withChannels(image: RawImage, channels: 1 | 3): RawImage {
  if (image.channels === channels) return image;
  const pixels = image.width * image.height;
  const data = new Uint8Array(pixels * channels);
  const from = image.data;
  if (channels === 1) {
    for (let i = 0, j = 0; i < pixels; i++, j += 3) {
      data[i] = (from[j]! * 19595 + from[j + 1]! * 38470 + from[j + 2]! * 7471 + 32768) >> 16;
    }
  } else {
    for (let i = 0, j = 0; i < pixels; i++, j += 3) {
      data[j] = data[j + 1] = data[j + 2] = from[i]!;
    }
  }
  return { ...image, channels, data };
}
