// Error maps as pictures. The colours run through OKLCH with rising lightness, so that equal steps of error look like
// equal steps and the order survives on a grey printer and for colour-blind eyes.

/** 256 × RGB, from dark violet over red to pale yellow. */
export const HEAT_COLORS: Uint8ClampedArray = createColors();

/** Errors as they are stored: integers on a linear scale from 0, the largest standing for the map's `scaleMax`. */
export type StoredErrors = Uint8Array | Uint16Array;

/**
 * Colours and alpha of an error map: RGBA, row-major; an error of `ceiling` or more takes the last colour. Small errors
 * are see-through: opacity grows with the error and is full from a third of the ceiling on. `background` is taken off
 * each error first.
 */
export function colorizeErrors(
  errors: StoredErrors,
  scaleMax: number,
  ceiling: number,
  background = 0,
): Uint8ClampedArray<ArrayBuffer> {
  const largest = errors.BYTES_PER_ELEMENT === 1 ? 0xff : 0xffff;
  const unit = scaleMax / largest;
  const rgba = new Uint8ClampedArray(errors.length * 4);
  for (let index = 0; index < errors.length; index++) {
    const share = Math.min(1, Math.max(0, errors[index]! * unit - background) / ceiling);
    const color = Math.round(share * 255) * 3;
    rgba[index * 4] = HEAT_COLORS[color]!;
    rgba[index * 4 + 1] = HEAT_COLORS[color + 1]!;
    rgba[index * 4 + 2] = HEAT_COLORS[color + 2]!;
    rgba[index * 4 + 3] = 255 * Math.min(1, share * 3);
  }
  return rgba;
}

/** The error that takes the last colour: twice the mask's threshold, so that what is flagged stands out. */
export function heatCeiling(scaleMax: number, maskThreshold: number | null | undefined): number {
  return maskThreshold != null && maskThreshold > 0 ? Math.min(scaleMax, maskThreshold * 2) : scaleMax;
}

function createColors(): Uint8ClampedArray {
  const colors = new Uint8ClampedArray(256 * 3);
  for (let index = 0; index < 256; index++) {
    const share = index / 255;
    const lightness = 0.2 + 0.77 * share;
    const hue = 305 + 155 * share;
    let chroma = 0.07 + 0.19 * Math.sin(Math.PI * share ** 0.85);
    let rgb = oklchToRgb(lightness, chroma, hue);
    while (chroma > 0 && rgb.some((channel) => channel < -0.001 || channel > 1.001)) {
      chroma -= 0.004;
      rgb = oklchToRgb(lightness, chroma, hue);
    }
    colors.set(
      rgb.map((channel) => Math.round(channel * 255)),
      index * 3,
    );
  }
  return colors;
}

/** Björn Ottosson's OKLab (2020) to gamma-encoded sRGB; outside [0, 1] where the colour has no place in sRGB. */
function oklchToRgb(lightness: number, chroma: number, hueDegrees: number): [number, number, number] {
  const hue = (hueDegrees * Math.PI) / 180;
  const a = chroma * Math.cos(hue);
  const b = chroma * Math.sin(hue);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    encode(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    encode(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    encode(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}

function encode(linear: number): number {
  return linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055;
}
