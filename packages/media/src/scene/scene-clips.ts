// The programme: which clips there are, and what out of the ordinary happens in them.
import { drawUniform, mulberry32, type Random } from "@engram/numerics";
import {
  type Actor,
  cart,
  crossingFrames,
  crossingWalker,
  cyclist,
  doorFrames,
  doorWalker,
  grassWalker,
  runner,
  suitcaseCarrier,
} from "./actors.ts";
import type { View } from "./view.ts";

export type SceneAnomaly = "CYCLIST" | "CART" | "RUNNER" | "ON_THE_GRASS" | "DROPPED_OBJECT";

export interface SceneClip {
  readonly split: "TRAIN" | "TEST";
  readonly name: string;
  /** one sentence for people */
  readonly description: string;
  readonly anomalies: readonly SceneAnomaly[];
}

interface TestClip extends SceneClip {
  /** `at` gives a frame from its place in the clip, 0…1 */
  stage(view: View, random: Random, at: (place: number) => number): readonly Actor[];
}

const TEST_CLIPS: readonly TestClip[] = [
  {
    split: "TEST",
    name: "01-cyclist",
    description: "A cyclist rides among the pedestrians.",
    anomalies: ["CYCLIST"],
    stage: (view, random, at) => [cyclist(view, random, at(0.35), 1)],
  },
  {
    split: "TEST",
    name: "02-cart",
    description: "A service cart drives along the footpath.",
    anomalies: ["CART"],
    stage: (view, random, at) => [cart(view, random, at(0.25), -1)],
  },
  {
    split: "TEST",
    name: "03-runner",
    description: "Someone runs along the footpath.",
    anomalies: ["RUNNER"],
    stage: (view, random, at) => [runner(view, random, at(0.3), 1)],
  },
  {
    split: "TEST",
    name: "04-on-the-grass",
    description: "Someone walks across the lawn in front of the path.",
    anomalies: ["ON_THE_GRASS"],
    stage: (view, random, at) => [grassWalker(view, random, at(0.25), -1)],
  },
  {
    split: "TEST",
    name: "05-dropped-object",
    description: "Someone sets a suitcase down on the path and walks away from it.",
    anomalies: ["DROPPED_OBJECT"],
    stage: (view, random, at) => suitcaseCarrier(view, random, at(0.2), at(0.6)),
  },
  {
    split: "TEST",
    name: "06-cyclist-and-runner",
    description: "A cyclist comes by, and later a runner the other way.",
    anomalies: ["CYCLIST", "RUNNER"],
    stage: (view, random, at) => [cyclist(view, random, at(0.15), -1), runner(view, random, at(0.6), -1)],
  },
];

/** The clips of a scene, in order. */
export function sceneClips(trainingClips: number): readonly SceneClip[] {
  const training = Array.from({ length: trainingClips }, (_, i) => ({
    split: "TRAIN" as const,
    name: String(i + 1).padStart(2, "0"),
    description: "People walk along the paths.",
    anomalies: [],
  }));
  return [...training, ...TEST_CLIPS];
}

/** Everyone who appears in a clip, the same for the same seed. */
export function castOf(clip: SceneClip, view: View, seed: number, frameCount: number): readonly Actor[] {
  const random = mulberry32(seed);
  const staged = TEST_CLIPS.find(({ name, split }) => name === clip.name && split === clip.split);
  const at = (place: number) => Math.round(place * frameCount);
  return [...passersBy(view, random, frameCount), ...(staged?.stage(view, random, at) ?? [])];
}

/** Mean number of people at a time on each path. */
const CROSSING_DENSITY = 2.6;
const DOOR_DENSITY = 5;

function passersBy(view: View, random: Random, frameCount: number): Actor[] {
  const actors: Actor[] = [];
  const lead = crossingFrames(view);
  const crossings = Math.round((CROSSING_DENSITY * (lead + frameCount)) / lead);
  for (let i = 0; i < crossings; i++) {
    // Evenly spread with some chance in it: crowds and empty stretches are both rare.
    const place = (i + drawUniform(random, 0.1, 0.9)) / crossings;
    actors.push(crossingWalker(view, random, place * (lead + frameCount) - lead));
  }
  const doorLead = doorFrames(view);
  const doors = Math.round((DOOR_DENSITY * (doorLead + frameCount)) / doorLead);
  for (let i = 0; i < doors; i++) {
    const place = (i + drawUniform(random, 0.1, 0.9)) / doors;
    actors.push(doorWalker(view, random, place * (doorLead + frameCount) - doorLead));
  }
  return actors;
}
