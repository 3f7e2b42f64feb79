// What draws the figures of one page of docs/detectors.
import type { TrainableArchitecture } from "@engram/core";
import type { Device } from "@engram/engine";
import type { TrainedOnScene } from "../data/train-on-scene.ts";

export interface Tools {
  readonly device: Device;
  readonly seed: number;
  /** on the synthetic scene */
  train(architecture: TrainableArchitecture): Promise<TrainedOnScene>;
}

/** PNGs by the names of their files. */
export type Figures = Readonly<Record<string, Buffer>>;

export type DrawFigures = (tools: Tools) => Promise<Figures>;
