// Anomalies without labels of anybody's, made of normal clips: what they tell apart may be chosen by them, and is then
// measured on real anomalies that had no say in it.
import type { FrameSource } from "@engram/detectors";
import { mulberry32 } from "@engram/numerics";
import type { LabelledSource } from "../data/score-clips.ts";

/** Frames with a piece, and then as many without. */
const SPELL_FRAMES = 20;
/** Height of a piece as a share of the frame's, drawn evenly in the logarithm; it is half as wide. */
const HEIGHTS = [0.08, 0.3] as const;
/** Of the frame's side, in a frame's time. */
const SPEEDS = [0.01, 0.04] as const;
/** Pixels over which a piece's edge fades. */
const EDGE = 1.5;

/** Side of a place where time runs fast, as a share of the frame's. */
const PLACES = [0.15, 0.4] as const;
/** How fast. */
const HASTE = 3;

/** What changes the pictures of a spell. Whether it can be seen in the one at `time` frames after the spell's first. */
type Spell = (picture: Uint8Array, time: number) => boolean;

/**
 * Clips with pieces in every second spell of 20 frames. A piece is an ellipse cut from one frame of the clip after, which
 * moves on a straight line at a constant speed and leaves at the frame's edge.
 *
 * @param clips grey
 */
export function pasteAnomalies(
  clips: readonly FrameSource[],
  size: number,
  seed: number,
): Promise<LabelledSource[]> {
  return changeSpells(clips, size, seed, async (clip, _first, next) => {
    const donor = clips[(clips.indexOf(clip) + 1) % clips.length]!;
    const texture = await donor.read(Math.floor(next() * donor.frameCount), 1);
    const piece = drawPiece(next, size);
    return (picture, time) => paste(picture, texture, piece, time, size);
  });
}

/**
 * Clips with a place, in every second spell of 20 frames, where time runs three times as fast: whoever walks there runs.
 * Where nothing moves nothing changes, and the label says so: a frame is abnormal where a pixel of the place is off by
 * more than 25 of 255.
 *
 * @param clips grey
 */
export function hastenPlaces(
  clips: readonly FrameSource[],
  size: number,
  seed: number,
): Promise<LabelledSource[]> {
  return changeSpells(clips, size, seed, async (clip, first, next) => {
    const side = Math.round(PLACES[0] * (PLACES[1] / PLACES[0]) ** next() * size);
    const [top, left] = [next(), next()].map((share) => Math.floor(share * (size - side))) as [
      number,
      number,
    ];
    const count = Math.min(HASTE * SPELL_FRAMES, clip.frameCount - first);
    const ahead = await clip.read(first, count);
    return (picture, time) => {
      const frame = Math.min(HASTE * time, count - 1) * size * size;
      let isVisible = false;
      for (let y = top; y < top + side; y++) {
        for (let at = y * size + left; at < y * size + left + side; at++) {
          if (Math.abs(picture[at]! - ahead[frame + at]!) > VISIBLE) isVisible = true;
          picture[at] = ahead[frame + at]!;
        }
      }
      return isVisible;
    };
  });
}

/** Of 255. */
const VISIBLE = 25;

async function changeSpells(
  clips: readonly FrameSource[],
  size: number,
  seed: number,
  begin: (clip: FrameSource, first: number, next: () => number) => Promise<Spell>,
): Promise<LabelledSource[]> {
  const next = mulberry32(seed);
  const area = size * size;
  const changed: LabelledSource[] = [];
  for (const clip of clips) {
    const pixels = await clip.read(0, clip.frameCount);
    const labels = new Array<number>(clip.frameCount).fill(0);
    for (let first = SPELL_FRAMES; first < clip.frameCount; first += 2 * SPELL_FRAMES) {
      const spell = await begin(clip, first, next);
      for (let frame = first; frame < Math.min(first + SPELL_FRAMES, clip.frameCount); frame++) {
        if (spell(pixels.subarray(frame * area, (frame + 1) * area), frame - first)) labels[frame] = 1;
      }
    }
    const read = async (start: number, count: number) => pixels.slice(start * area, (start + count) * area);
    changed.push({ source: { ...clip, read }, labels });
  }
  return changed;
}

interface Piece {
  /** half axes */
  readonly height: number;
  readonly width: number;
  /** where it starts and where it was cut from: the middle */
  readonly start: readonly [number, number];
  readonly cut: readonly [number, number];
  readonly velocity: readonly [number, number];
}

function drawPiece(next: () => number, size: number): Piece {
  const between = ([low, high]: readonly [number, number]) => low * (high / low) ** next();
  const height = (between(HEIGHTS) * size) / 2;
  const width = height / 2;
  const place = (): readonly [number, number] => [
    height + next() * (size - 2 * height),
    width + next() * (size - 2 * width),
  ];
  const [speed, angle] = [between(SPEEDS) * size, 2 * Math.PI * next()];
  const velocity = [speed * Math.sin(angle), speed * Math.cos(angle)] as const;
  return { height, width, start: place(), cut: place(), velocity };
}

/** Whether any of it is in the frame. */
function paste(picture: Uint8Array, texture: Uint8Array, piece: Piece, time: number, size: number): boolean {
  const [middleY, middleX] = [
    piece.start[0] + time * piece.velocity[0],
    piece.start[1] + time * piece.velocity[1],
  ];
  let isVisible = false;
  for (let dy = -Math.ceil(piece.height); dy <= piece.height; dy++) {
    for (let dx = -Math.ceil(piece.width); dx <= piece.width; dx++) {
      const [y, x] = [Math.round(middleY) + dy, Math.round(middleX) + dx];
      const [fromY, fromX] = [Math.round(piece.cut[0]) + dy, Math.round(piece.cut[1]) + dx];
      if (!(isInside(y, size) && isInside(x, size) && isInside(fromY, size) && isInside(fromX, size)))
        continue;
      const radius = Math.hypot(dy / piece.height, dx / piece.width);
      const opacity = Math.min(1, Math.max(0, ((1 - radius) * piece.width) / EDGE));
      if (opacity === 0) continue;
      isVisible = true;
      const at = y * size + x;
      picture[at] = Math.round((1 - opacity) * picture[at]! + opacity * texture[fromY * size + fromX]!);
    }
  }
  return isVisible;
}

function isInside(coordinate: number, size: number): boolean {
  return coordinate >= 0 && coordinate < size;
}
