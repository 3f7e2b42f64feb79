// The figures, drawn in a frame of their own: metres, x forward in the direction of travel, y up from the ground.
import { type Canvas, type Colour, type Point, shade } from "./canvas.ts";

export interface Stance {
  readonly canvas: Canvas;
  /** where the figure stands on the screen, in pixels, and pixels per metre */
  readonly footX: number;
  readonly footY: number;
  readonly metre: number;
  /** 1: faces right, −1: faces left */
  readonly direction: 1 | -1;
  /** 1: seen from the side, towards 0: from the front or the back */
  readonly side: number;
  /** metres travelled so far: moves legs and wheels */
  readonly travelled: number;
}

export interface PersonLook {
  /** metres */
  readonly height: number;
  readonly shirt: Colour;
  readonly trousers: Colour;
  readonly skin: Colour;
  readonly hair: Colour;
}

export interface Gait {
  /** metres of a double step, per metre of height */
  readonly stride: number;
  /** amplitude of the thigh, radians */
  readonly swing: number;
  /** bend of knee and elbow, radians */
  readonly knee: number;
  readonly elbow: number;
  /** forward lean, radians */
  readonly lean: number;
}

export const WALK: Gait = { stride: 0.82, swing: 0.44, knee: 0.55, elbow: 0.3, lean: 0.03 };
export const RUN: Gait = { stride: 1.3, swing: 0.85, knee: 1.5, elbow: 1.5, lean: 0.2 };

/** From the figure's metres to the screen. */
function placer(stance: Stance): (x: number, y: number) => Point {
  return (x, y) => [
    stance.footX + x * stance.direction * stance.side * stance.metre,
    stance.footY - y * stance.metre,
  ];
}

export function drawPersonShadow(stance: Stance): void {
  const { canvas, footX, footY, metre } = stance;
  canvas.shadow(footX + 0.3 * metre, footY, 0.62 * metre, 0.17 * metre, 0.55);
}

export function drawPerson(stance: Stance, look: PersonLook, gait: Gait): void {
  const { canvas, metre, side } = stance;
  const h = look.height;
  const phase = (2 * Math.PI * stance.travelled) / (gait.stride * h);
  const place = placer(stance);
  const hipY = 0.5 * h + 0.012 * h * Math.cos(2 * phase);
  const shoulderX = 0.31 * h * Math.sin(gait.lean);
  const shoulderY = hipY + 0.31 * h * Math.cos(gait.lean);
  // Seen from the front, left and right limbs stand beside each other instead of swinging.
  const apart = 0.055 * h * (1 - side) * (1 / Math.max(side, 0.2));
  const limb = { h, phase, gait, place, metre, canvas };
  drawArm(limb, [shoulderX - 1.6 * apart, shoulderY], phase, shade(look.shirt, 0.72), look.skin);
  drawLeg(limb, [-apart, hipY], phase + Math.PI, shade(look.trousers, 0.75));
  drawLeg(limb, [apart, hipY], phase, look.trousers);
  const thickness = (0.07 + 0.03 * (1 - side)) * h * metre;
  canvas.bar(place(0, hipY), place(shoulderX, shoulderY - 0.04 * h), thickness * 0.85, thickness, look.shirt);
  drawArm(limb, [shoulderX + 1.6 * apart, shoulderY], phase + Math.PI, shade(look.shirt, 0.88), look.skin);
  const head = place(shoulderX + 0.02 * h, shoulderY + 0.115 * h);
  canvas.disc(head[0], head[1], 0.067 * h * metre, look.skin);
  const crown = place(shoulderX, shoulderY + 0.145 * h);
  canvas.disc(crown[0], crown[1], 0.056 * h * metre, look.hair);
}

interface Limb {
  readonly h: number;
  readonly gait: Gait;
  readonly place: (x: number, y: number) => Point;
  readonly metre: number;
  readonly canvas: Canvas;
}

function drawLeg({ h, gait, place, metre, canvas }: Limb, hip: Point, phase: number, colour: Colour): void {
  const thigh = gait.swing * Math.sin(phase);
  // The knee bends while the leg swings forward.
  const shin = thigh - gait.knee * Math.max(0, Math.cos(phase)) - 0.05;
  const knee: Point = [hip[0] + 0.25 * h * Math.sin(thigh), hip[1] - 0.25 * h * Math.cos(thigh)];
  const ankle: Point = [knee[0] + 0.23 * h * Math.sin(shin), knee[1] - 0.23 * h * Math.cos(shin)];
  const toe: Point = [ankle[0] + 0.07 * h, ankle[1] - 0.01 * h];
  canvas.bar(place(...hip), place(...knee), 0.05 * h * metre, 0.042 * h * metre, colour);
  canvas.bar(place(...knee), place(...ankle), 0.04 * h * metre, 0.028 * h * metre, colour);
  canvas.bar(place(...ankle), place(...toe), 0.024 * h * metre, 0.02 * h * metre, [44, 40, 38]);
}

function drawArm(
  { h, gait, place, metre, canvas }: Limb,
  shoulder: Point,
  phase: number,
  sleeve: Colour,
  skin: Colour,
): void {
  const upper = 0.8 * gait.swing * Math.sin(phase);
  const lower = upper + gait.elbow;
  const elbow: Point = [shoulder[0] + 0.16 * h * Math.sin(upper), shoulder[1] - 0.16 * h * Math.cos(upper)];
  const hand: Point = [elbow[0] + 0.16 * h * Math.sin(lower), elbow[1] - 0.16 * h * Math.cos(lower)];
  canvas.bar(place(...shoulder), place(...elbow), 0.034 * h * metre, 0.03 * h * metre, sleeve);
  canvas.bar(place(...elbow), place(...hand), 0.028 * h * metre, 0.023 * h * metre, sleeve);
  canvas.disc(...place(...hand), 0.026 * h * metre, skin);
}

const WHEEL_RADIUS = 0.34;

export function drawCyclist(stance: Stance, look: PersonLook, paint: Colour): void {
  const { canvas, metre } = stance;
  const place = placer(stance);
  canvas.shadow(stance.footX + 0.2 * metre, stance.footY, 1.1 * metre, 0.18 * metre, 0.5);
  const crank: Point = [-0.02, 0.32];
  const pedal = (2 * Math.PI * stance.travelled) / 3.2;
  const rider = { canvas, place, metre, hip: [-0.2, 0.98] as Point, crank };
  drawPedallingLeg(rider, pedal + Math.PI, shade(look.trousers, 0.75));
  for (const x of [-0.52, 0.54]) {
    const [wheelX, wheelY] = place(x, WHEEL_RADIUS);
    canvas.ring(wheelX, wheelY, WHEEL_RADIUS * metre, 0.075 * metre, [34, 34, 36]);
    canvas.disc(wheelX, wheelY, 0.05 * metre, [120, 120, 124]);
  }
  const tubes: readonly (readonly [Point, Point])[] = [
    [[-0.52, WHEEL_RADIUS], crank],
    [crank, [0.42, 0.86]],
    [
      [-0.16, 0.86],
      [0.42, 0.86],
    ],
    [crank, [-0.18, 0.95]],
    [
      [0.54, WHEEL_RADIUS],
      [0.4, 1.02],
    ],
  ];
  for (const [from, to] of tubes) {
    canvas.bar(place(...from), place(...to), 0.032 * metre, 0.032 * metre, paint);
  }
  drawPedallingLeg(rider, pedal, look.trousers);
  canvas.bar(place(-0.2, 1.02), place(0.12, 1.48), 0.14 * metre, 0.16 * metre, look.shirt);
  canvas.bar(place(0.12, 1.46), place(0.42, 1.06), 0.055 * metre, 0.042 * metre, shade(look.shirt, 0.88));
  canvas.disc(...place(0.22, 1.7), 0.12 * metre, look.skin);
  canvas.disc(...place(0.19, 1.76), 0.105 * metre, look.hair);
}

function drawPedallingLeg(
  rider: {
    readonly canvas: Canvas;
    readonly place: (x: number, y: number) => Point;
    readonly metre: number;
    readonly hip: Point;
    readonly crank: Point;
  },
  angle: number,
  colour: Colour,
): void {
  const { canvas, place, metre, hip, crank } = rider;
  const foot: Point = [crank[0] + 0.17 * Math.sin(angle), crank[1] + 0.17 * Math.cos(angle)];
  // Thigh and shin of 0.43 m each: the knee lies in front of the line from hip to foot.
  const dx = foot[0] - hip[0];
  const dy = foot[1] - hip[1];
  const distance = Math.hypot(dx, dy);
  const out = Math.sqrt(Math.max(0, 0.43 ** 2 - (distance / 2) ** 2));
  const knee: Point = [hip[0] + dx / 2 - (dy / distance) * out, hip[1] + dy / 2 + (dx / distance) * out];
  canvas.bar(place(...hip), place(...knee), 0.085 * metre, 0.07 * metre, colour);
  canvas.bar(place(...knee), place(...foot), 0.065 * metre, 0.045 * metre, colour);
  canvas.bar(place(...foot), place(foot[0] + 0.12, foot[1]), 0.04 * metre, 0.035 * metre, [44, 40, 38]);
}

export function drawCart(stance: Stance, driver: PersonLook, paint: Colour): void {
  const { canvas, metre, direction } = stance;
  const place = placer(stance);
  const box = (x0: number, y0: number, x1: number, y1: number, colour: Colour) => {
    const [left, right] = direction === 1 ? [x0, x1] : [x1, x0];
    canvas.polygon([place(left, y1), place(right, y1), place(right, y0), place(left, y0)], colour);
  };
  canvas.shadow(stance.footX + 0.2 * metre, stance.footY, 1.7 * metre, 0.3 * metre, 0.6);
  box(-1.15, 0.3, 1.2, 0.72, paint);
  box(0.75, 0.6, 1.2, 1.02, shade(paint, 0.92));
  box(-1.15, 0.7, -0.35, 1.1, [66, 62, 58]);
  canvas.bar(place(-0.1, 0.85), place(-0.02, 1.3), 0.15 * metre, 0.17 * metre, driver.shirt);
  canvas.bar(place(-0.05, 0.82), place(0.4, 0.78), 0.09 * metre, 0.08 * metre, driver.trousers);
  canvas.bar(place(0, 1.28), place(0.5, 1.06), 0.055 * metre, 0.045 * metre, shade(driver.shirt, 0.85));
  canvas.disc(...place(0.02, 1.58), 0.12 * metre, driver.skin);
  canvas.disc(...place(0, 1.64), 0.105 * metre, driver.hair);
  for (const x of [-1.05, 0.82]) {
    canvas.bar(place(x, 0.9), place(x + 0.08, 1.9), 0.03 * metre, 0.03 * metre, [70, 72, 76]);
  }
  box(-1.2, 1.88, 1.02, 2.0, [236, 234, 226]);
  for (const x of [-0.75, 0.78]) {
    canvas.disc(...place(x, 0.27), 0.27 * metre, [36, 36, 38]);
    canvas.disc(...place(x, 0.27), 0.12 * metre, [150, 150, 152]);
  }
}

export function drawSuitcase(stance: Stance, up: number): void {
  const { canvas, metre } = stance;
  const place = placer({ ...stance, side: 1 });
  if (up === 0) canvas.shadow(stance.footX + 0.15 * metre, stance.footY, 0.6 * metre, 0.14 * metre, 0.55);
  const corner = 0.07 * metre;
  canvas.bar(place(-0.1, up + 0.61), place(0.1, up + 0.61), 0.03 * metre, 0.03 * metre, [40, 36, 36]);
  for (const y of [0.08, 0.18, 0.28, 0.38, 0.48]) {
    const colour: Colour = y === 0.28 ? [232, 196, 60] : [178, 36, 32];
    canvas.bar(place(-0.2, up + y), place(0.2, up + y), corner, corner, colour);
  }
}
