// The score of a frame as each architecture's paper has it, as shares of raw lanes.
import type { HyperparametersOf, TrainableArchitecture } from "./hyperparameters.ts";
import type { Lane } from "./vocabulary.ts";

/** Weights of lanes, summing to 1. */
export type LaneMix = Readonly<Partial<Record<Lane, number>>>;

const psnrAndDistance = ({ lambda }: { readonly lambda: number }): LaneMix => ({
  PSNR: lambda,
  FEATURE_DISTANCE: 1 - lambda,
});

const MIXES: { readonly [A in TrainableArchitecture]: (given: HyperparametersOf[A]) => LaneMix } = {
  MNAD_PREDICTION: psnrAndDistance,
  MNAD_RECONSTRUCTION: psnrAndDistance,
  MEMAE: () => ({ ABSOLUTE_ERROR: 1 }),
  MEMAE_IMAGE: () => ({ PREDICTION_ERROR: 1 }),
  MPN: ({ lambda }) => ({ PSNR: lambda, FEATURE_PSNR: 1 - lambda }),
  PMB: () => ({ CORRECTED_ERROR: 1 }),
};

/** The mix that the architecture's published score is, once each lane is normalized. */
export function publishedMix<A extends TrainableArchitecture>(
  architecture: A,
  hyperparameters: HyperparametersOf[A],
): LaneMix {
  return MIXES[architecture](hyperparameters);
}

/**
 * A mix over the lanes that are there, its weights scaled to sum to 1 again: what an older version stored may lack a
 * lane that the mix has today. Where none of its lanes is there, the mix as it is.
 */
export function mixOverLanes(mix: LaneMix, lanes: readonly string[]): LaneMix {
  const present = Object.entries(mix).filter(([lane]) => lanes.includes(lane));
  const share = present.reduce((sum, [, weight]) => sum + weight, 0);
  if (present.length === Object.keys(mix).length || share === 0) return mix;
  return Object.fromEntries(present.map(([lane, weight]) => [lane, weight / share]));
}
