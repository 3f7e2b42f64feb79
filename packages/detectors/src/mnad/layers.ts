// The U-Net as each variant of MNAD has it.
import type { Layer } from "../layers/layer.ts";
import { uNetLayers } from "../u-net/layers.ts";

/** What the published code's variants differ in; everything else of MNAD is common to both. */
export interface MnadVariant {
  readonly architecture: "MNAD_PREDICTION" | "MNAD_RECONSTRUCTION";
  /** frames that are looked at: those before the target, or the target itself where there are none */
  readonly inputFrames: number;
  readonly hasSkips: boolean;
}

/** Four frames predict the fifth. */
export const PREDICTION: MnadVariant = { architecture: "MNAD_PREDICTION", inputFrames: 4, hasSkips: true };

/** A frame is rebuilt from itself: skips would hand it past the memory, so there are none. */
export const RECONSTRUCTION: MnadVariant = {
  architecture: "MNAD_RECONSTRUCTION",
  inputFrames: 1,
  hasSkips: false,
};

/**
 * 15,650,819 trained numbers for prediction and 17,195,267 for reconstruction, at the published width of 64.
 *
 * The published code counts 15,651,843 and 17,196,291; the 1,024 more are the scale and shift of a BatchNorm of 512
 * channels that its encoder owns and never runs.
 */
export function mnadLayers({ inputFrames, hasSkips }: MnadVariant, width: number): readonly Layer[] {
  return uNetLayers({ width, inputFrames, hasSkips, decoderInput: 16, hasBatchNorm: true });
}

export function mnadPredictionLayers(width: number): readonly Layer[] {
  return mnadLayers(PREDICTION, width);
}
