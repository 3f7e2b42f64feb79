// What never moves: two paved paths on a lawn, trees, a lamp, a bench, and the front of a house.
import { drawUniform, mulberry32, type Random } from "@engram/numerics";
import { Canvas, type Colour, shade } from "./canvas.ts";
import { CAMERA_HEIGHT, CROSS_PATH, DOOR_PATH, groundPoint, HOUSE_Z, scaleAt, type View } from "./view.ts";

const GRASS: Colour = [92, 124, 66];
const PAVING: Colour = [172, 166, 156];
const WALL: Colour = [186, 160, 134];
const WINDOW: Colour = [82, 98, 116];
const TREES = [
  { x: -6.2, z: 18, size: 1 },
  { x: -12.5, z: 23, size: 1.25 },
  { x: 7.4, z: 17.5, size: 0.95 },
  { x: 13.5, z: 24, size: 1.3 },
] as const;
const SAMPLES = [0.17, 0.5, 0.83];

/** float32 [height, width, 3], the same for the same seed. */
export function paintBackground(view: View, seed: number): Float32Array {
  const canvas = new Canvas(view.width, view.height);
  const noise = createNoise(seed);
  for (let y = 0; y < view.height; y++) {
    for (let x = 0; x < view.width; x++) {
      const at = 3 * (y * view.width + x);
      for (const dy of SAMPLES) {
        for (const dx of SAMPLES) {
          const colour = colourAt(view, noise, x + dx, y + dy);
          for (let c = 0; c < 3; c++) canvas.rgb[at + c]! += colour[c]! / SAMPLES.length ** 2;
        }
      }
    }
  }
  const random = mulberry32(seed ^ 0x7ee5);
  for (const tree of TREES.toSorted((a, b) => b.z - a.z)) paintTree(canvas, view, tree, random);
  paintBench(canvas, view, -3.4, 14.3);
  paintLamp(canvas, view, 4.6, 14.1);
  return canvas.rgb;
}

type Noise = (x: number, y: number) => number;

function colourAt(view: View, noise: Noise, sx: number, sy: number): Colour {
  const z = (CAMERA_HEIGHT * view.focal) / (sy - view.horizonY);
  if (sy <= view.horizonY || z > HOUSE_Z) return houseAt(view, noise, sx, sy);
  const x = ((sx - view.centreX) * z) / view.focal;
  const toCross = Math.min(z - CROSS_PATH.near, CROSS_PATH.far - z);
  const toDoor = z < CROSS_PATH.near ? -1 : DOOR_PATH.halfWidth - Math.abs(x - DOOR_PATH.x);
  const inside = Math.max(toCross, toDoor);
  return inside > 0 ? pavingAt(view, noise, x, z, inside) : grassAt(noise, x, z);
}

function grassAt(noise: Noise, x: number, z: number): Colour {
  const blades = noise(x * 9, z * 5) - 0.5;
  const fine = noise(x * 24 + 7, z * 13) - 0.5;
  const tufts = noise(x * 1.7 + 50, z * 1.1) - 0.5;
  const patches = noise(x * 0.35, z * 0.2 + 90) - 0.5;
  const light = 1 + 0.34 * fine + 0.24 * blades + 0.22 * tufts + 0.24 * patches;
  return [GRASS[0] * light + 14 * patches, GRASS[1] * light, GRASS[2] * light];
}

function pavingAt(view: View, noise: Noise, x: number, z: number, inside: number): Colour {
  const kerb = inside < 0.14 ? 1.13 : 1;
  const slab = 0.9;
  const jointX = Math.abs(x / slab - Math.round(x / slab)) * slab;
  const jointZ = Math.abs(z / slab - Math.round(z / slab)) * slab;
  // Joints that are much thinner than a pixel would only flicker.
  const visible = Math.min(1, scaleAt(view, z) / 14);
  const joint = Math.min(jointX, jointZ * 0.7) < 0.035 ? 1 - 0.24 * visible : 1;
  const own = 0.06 * (hash(Math.floor(x / slab + 0.5), Math.floor(z / slab + 0.5), 7) - 0.5) * visible;
  const stains = 0.14 * (noise(x * 0.8 + 20, z * 0.6) - 0.5) + 0.1 * (noise(x * 12, z * 8) - 0.5);
  return shade(PAVING, kerb * joint * (1 + own + stains));
}

function houseAt(view: View, noise: Noise, sx: number, sy: number): Colour {
  const metres = HOUSE_Z / view.focal;
  const x = (sx - view.centreX) * metres;
  const y = CAMERA_HEIGHT - (sy - view.horizonY) * metres;
  const plaster = 1 + 0.08 * (noise(x * 1.3, y * 1.3) - 0.5);
  if (Math.abs(x - DOOR_PATH.x) < 1.3 && y < 2.7) return shade([96, 66, 48], plaster);
  if (y < 0.6) return shade(WALL, 0.68 * plaster);
  const column = x / 3.4 - Math.round(x / 3.4);
  const storey = y / 3.3 - Math.floor(y / 3.3);
  const inFrame = Math.abs(column) < 0.24 && storey > 0.3 && storey < 0.86;
  if (!inFrame) return shade(WALL, storey < 0.05 ? 0.86 * plaster : plaster);
  const inGlass = Math.abs(column) < 0.2 && storey > 0.35 && storey < 0.82 && Math.abs(column) > 0.014;
  return inGlass ? shade(WINDOW, 1 + 0.5 * (storey - 0.5)) : shade(WALL, 1.25);
}

function paintTree(
  canvas: Canvas,
  view: View,
  tree: { readonly x: number; readonly z: number; readonly size: number },
  random: Random,
): void {
  const foot = groundPoint(view, tree.x, tree.z);
  const metre = scaleAt(view, tree.z) * tree.size;
  canvas.shadow(foot.x + 1.2 * metre, foot.y, 2.6 * metre, 0.75 * metre, 0.5);
  const crown: [number, number] = [foot.x, foot.y - 3.4 * metre];
  canvas.bar([foot.x, foot.y], crown, 0.2 * metre, 0.12 * metre, [88, 70, 52]);
  // Leaves from the shaded bottom to the sunlit top.
  for (let i = 0; i < 260; i++) {
    const up = i / 260;
    const spread = 1.75 * Math.sqrt(Math.max(0, 1 - (2 * up - 1) ** 2)) + 0.2;
    const x = crown[0] + drawUniform(random, -spread, spread) * metre;
    const y = crown[1] + (0.9 - 2.9 * up + drawUniform(random, -0.3, 0.3)) * metre;
    const light = 0.6 + 0.5 * up + drawUniform(random, -0.16, 0.16);
    canvas.disc(x, y, drawUniform(random, 0.14, 0.34) * metre, shade([70, 104, 48], light));
  }
}

function paintBench(canvas: Canvas, view: View, x: number, z: number): void {
  const { x: sx, y } = groundPoint(view, x, z);
  const metre = scaleAt(view, z);
  const wood: Colour = [122, 88, 58];
  canvas.shadow(sx, y, 1.1 * metre, 0.25 * metre, 0.4);
  for (const side of [-0.7, 0.7]) {
    canvas.bar(
      [sx + side * metre, y],
      [sx + side * metre, y - 0.85 * metre],
      0.04 * metre,
      0.04 * metre,
      [60, 60, 62],
    );
  }
  for (const up of [0.45, 0.66, 0.82]) {
    const level = y - up * metre;
    canvas.bar([sx - 0.85 * metre, level], [sx + 0.85 * metre, level], 0.06 * metre, 0.06 * metre, wood);
  }
}

function paintLamp(canvas: Canvas, view: View, x: number, z: number): void {
  const { x: sx, y } = groundPoint(view, x, z);
  const metre = scaleAt(view, z);
  canvas.shadow(sx + 0.5 * metre, y, 0.8 * metre, 0.14 * metre, 0.4);
  canvas.bar([sx, y], [sx, y - 3.9 * metre], 0.07 * metre, 0.045 * metre, [62, 66, 70]);
  canvas.disc(sx, y - 4 * metre, 0.2 * metre, [232, 228, 212]);
}

/** Value noise in [0, 1]: random heights on the integer lattice, smoothly joined. */
function createNoise(seed: number): Noise {
  return (x, y) => {
    const x0 = Math.floor(x);
    const y0 = Math.floor(y);
    const u = smooth(x - x0);
    const v = smooth(y - y0);
    const top = hash(x0, y0, seed) * (1 - u) + hash(x0 + 1, y0, seed) * u;
    const bottom = hash(x0, y0 + 1, seed) * (1 - u) + hash(x0 + 1, y0 + 1, seed) * u;
    return top * (1 - v) + bottom * v;
  };
}

function smooth(t: number): number {
  return t * t * (3 - 2 * t);
}

function hash(x: number, y: number, seed: number): number {
  let h = Math.imul(x, 0x27d4eb2d) ^ Math.imul(y, 0x165667b1) ^ Math.imul(seed, 0x9e3779b1);
  h = Math.imul(h ^ (h >>> 15), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0) / 2 ** 32;
}
