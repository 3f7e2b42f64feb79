// Who is in the scene: each actor knows, for a frame, whether it is there, how far away, and how to draw itself.
import { drawUniform, type Random } from "@engram/numerics";
import type { Canvas, Colour } from "./canvas.ts";
import {
  drawCart,
  drawCyclist,
  drawPerson,
  drawPersonShadow,
  drawSuitcase,
  type Gait,
  type PersonLook,
  RUN,
  type Stance,
  WALK,
} from "./figures.ts";
import { CROSS_PATH, DOOR_PATH, groundPoint, HOUSE_Z, halfWidthAt, scaleAt, type View } from "./view.ts";

/** Pictures per second of the imagined camera: speeds below are metres per second. */
export const SCENE_FRAME_RATE = 10;

/** Walking speeds. */
const SLOWEST = 1.05;
const FASTEST = 1.55;
/** Metres of a walking person beyond their middle. */
const PERSON_REACH = 0.75;

export interface Appearance {
  /** metres away: the far ones are drawn first */
  readonly z: number;
  readonly isAnomalous: boolean;
  draw(canvas: Canvas): void;
}

/** Null while the actor is out of the picture. */
export type Actor = (frame: number) => Appearance | null;

const SHIRTS: readonly Colour[] = [
  [186, 62, 54],
  [58, 88, 142],
  [226, 222, 210],
  [70, 72, 80],
  [214, 170, 74],
  [96, 140, 150],
  [150, 92, 130],
  [112, 86, 60],
];
const TROUSERS: readonly Colour[] = [
  [48, 56, 82],
  [44, 42, 44],
  [110, 100, 84],
  [78, 84, 92],
];
const SKINS: readonly Colour[] = [
  [222, 178, 148],
  [186, 136, 102],
  [122, 84, 62],
];
const HAIRS: readonly Colour[] = [
  [42, 34, 30],
  [96, 66, 40],
  [178, 148, 96],
  [120, 116, 112],
];

function pick<T>(from: readonly T[], random: Random): T {
  return from[Math.floor(random() * from.length)]!;
}

export function randomLook(random: Random): PersonLook {
  return {
    height: drawUniform(random, 1.58, 1.88),
    shirt: pick(SHIRTS, random),
    trousers: pick(TROUSERS, random),
    skin: pick(SKINS, random),
    hair: pick(HAIRS, random),
  };
}

interface Crossing {
  readonly z: number;
  readonly direction: 1 | -1;
  /** metres per second */
  readonly speed: number;
  /** frame at which it comes in at the edge of the picture */
  readonly enters: number;
  /** metres of it beyond its middle */
  readonly reach: number;
}

/** Metres right of the middle; null before it has come and after it has gone. */
function crossingX(view: View, crossing: Crossing, frame: number): { x: number; travelled: number } | null {
  const edge = halfWidthAt(view, crossing.z) + crossing.reach;
  const travelled = ((frame - crossing.enters) * crossing.speed) / SCENE_FRAME_RATE;
  if (travelled < 0 || travelled > 2 * edge) return null;
  return { x: crossing.direction * (travelled - edge), travelled };
}

function crossingActor(
  view: View,
  crossing: Crossing,
  isAnomalous: boolean,
  drawFigure: (stance: Stance) => void,
): Actor {
  return (frame) => {
    const at = crossingX(view, crossing, frame);
    if (at === null) return null;
    const { x: footX, y: footY } = groundPoint(view, at.x, crossing.z);
    const { direction } = crossing;
    const pose = {
      footX,
      footY,
      metre: scaleAt(view, crossing.z),
      direction,
      side: 1,
      travelled: at.travelled,
    };
    return { z: crossing.z, isAnomalous, draw: (canvas) => drawFigure({ canvas, ...pose }) };
  };
}

function person(look: PersonLook, gait: Gait): (stance: Stance) => void {
  return (stance) => {
    drawPersonShadow(stance);
    drawPerson(stance, look, gait);
  };
}

/** People keep to the right. */
function laneDepth(random: Random, direction: 1 | -1): number {
  return direction === 1
    ? drawUniform(random, CROSS_PATH.near + 0.7, 10.7)
    : drawUniform(random, 11.2, CROSS_PATH.far - 0.7);
}

/** Someone walking along the path that crosses the picture, from edge to edge. */
export function crossingWalker(view: View, random: Random, enters: number): Actor {
  const direction = random() < 0.5 ? 1 : -1;
  const crossing: Crossing = {
    z: laneDepth(random, direction),
    direction,
    speed: drawUniform(random, SLOWEST, FASTEST),
    enters,
    reach: PERSON_REACH,
  };
  return crossingActor(view, crossing, false, person(randomLook(random), WALK));
}

/** Frames a crossing walker needs at most: how long before a clip starts the first ones must have set out. */
export function crossingFrames(view: View): number {
  const longest = 2 * (halfWidthAt(view, CROSS_PATH.far) + PERSON_REACH);
  return Math.ceil((longest / SLOWEST) * SCENE_FRAME_RATE);
}

/** As `crossingFrames`, for those who go to the house or come from it. */
export function doorFrames(view: View): number {
  const longest = HOUSE_Z + halfWidthAt(view, CROSS_PATH.far) + 2;
  return Math.ceil((longest / SLOWEST) * SCENE_FRAME_RATE);
}

/** Someone coming from the house and turning into the path across, or the same the other way round. */
export function doorWalker(view: View, random: Random, enters: number): Actor {
  const isComing = random() < 0.5;
  const direction: 1 | -1 = random() < 0.5 ? 1 : -1;
  const x = DOOR_PATH.x + (isComing ? -0.7 : 0.7) + drawUniform(random, -0.45, 0.45);
  const z = laneDepth(random, direction);
  const speed = drawUniform(random, SLOWEST, FASTEST);
  const look = randomLook(random);
  const edge = halfWidthAt(view, z) + PERSON_REACH;
  const toDoor = HOUSE_Z - 1 - z;
  const across = isComing ? edge - direction * x : edge + direction * x;
  return (frame) => {
    const travelled = ((frame - enters) * speed) / SCENE_FRAME_RATE;
    if (travelled < 0 || travelled > toDoor + across) return null;
    // Metres from the corner where the two paths meet, positive towards the house.
    const fromCorner = isComing ? toDoor - travelled : travelled - across;
    const isOnDoorPath = fromCorner > 0;
    const at = isOnDoorPath
      ? { x, z: z + fromCorner, side: 0.3 }
      : { x: x + direction * (isComing ? -fromCorner : fromCorner), z, side: 1 };
    const foot = groundPoint(view, at.x, at.z);
    const pose = {
      footX: foot.x,
      footY: foot.y,
      metre: scaleAt(view, at.z),
      direction,
      side: at.side,
      travelled,
    };
    return { z: at.z, isAnomalous: false, draw: (canvas) => person(look, WALK)({ canvas, ...pose }) };
  };
}

export function cyclist(view: View, random: Random, enters: number, direction: 1 | -1): Actor {
  const look = randomLook(random);
  const crossing = { z: 10.9, direction, speed: 3.2, enters, reach: 1 };
  return crossingActor(view, crossing, true, (stance) => drawCyclist(stance, look, [196, 60, 40]));
}

export function cart(view: View, random: Random, enters: number, direction: 1 | -1): Actor {
  const look = randomLook(random);
  const crossing = { z: 10.6, direction, speed: 2.1, enters, reach: 1.4 };
  return crossingActor(view, crossing, true, (stance) => drawCart(stance, look, [224, 206, 120]));
}

export function runner(view: View, random: Random, enters: number, direction: 1 | -1): Actor {
  const crossing = { z: 9.6, direction, speed: 3.4, enters, reach: 0.9 };
  return crossingActor(view, crossing, true, person({ ...randomLook(random), shirt: [236, 110, 40] }, RUN));
}

/** Someone who takes the lawn in front of the path. */
export function grassWalker(view: View, random: Random, enters: number, direction: 1 | -1): Actor {
  const crossing = { z: 7.3, direction, speed: 1.3, enters, reach: 0.8 };
  return crossingActor(view, crossing, true, person(randomLook(random), WALK));
}

/** Someone with a suitcase, who leaves it standing on the path at frame `drops` and walks on. */
export function suitcaseCarrier(view: View, random: Random, enters: number, drops: number): readonly Actor[] {
  const look = randomLook(random);
  const crossing: Crossing = { z: 9.3, direction: 1, speed: 1.4, enters, reach: 0.9 };
  const carried = 0.28;
  const carrier: Actor = (frame) => {
    const figure = crossingActor(view, crossing, false, (stance) => {
      // Carried on the far side, half hidden by its carrier.
      if (frame < drops) drawSuitcase(stance, carried);
      person(look, WALK)(stance);
    });
    return figure(frame);
  };
  const stays = crossingX(view, crossing, drops);
  const suitcase: Actor = (frame) => {
    if (frame < drops || stays === null) return null;
    const { x: footX, y: footY } = groundPoint(view, stays.x, crossing.z);
    const pose = {
      footX,
      footY,
      metre: scaleAt(view, crossing.z),
      direction: 1 as const,
      side: 1,
      travelled: 0,
    };
    return {
      z: crossing.z + 0.05,
      isAnomalous: true,
      draw: (canvas) => drawSuitcase({ canvas, ...pose }, 0),
    };
  };
  return [carrier, suitcase];
}
