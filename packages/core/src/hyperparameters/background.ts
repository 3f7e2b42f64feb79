// How the background's part of an error map is told (histogram error estimation), before the map scores its frame: the
// same for every architecture.
import { z } from "zod";
import { grouped } from "./group.ts";

export const backgroundMethodSchema = z.enum(["MODE", "CALIBRATED"]);
export type BackgroundMethod = z.infer<typeof backgroundMethodSchema>;

export const backgroundFields = grouped("BACKGROUND_ERROR", {
  backgroundMethod: backgroundMethodSchema
    .default("MODE")
    .describe(
      "background error of a frame: where the mode of its own error histogram ends, or a quantile of normal frames' errors",
    ),
  backgroundShare: z
    .number()
    .min(0.001)
    .max(0.5)
    .default(0.05)
    .describe("the background ends where the histogram has fallen to this share of its mode (MODE)"),
  backgroundQuantile: z
    .number()
    .min(0.5)
    .max(0.9999)
    .default(0.99)
    .describe("share of normal frames' pixel errors that are background (CALIBRATED)"),
});

export const DEFAULT_BACKGROUND = {
  backgroundMethod: "MODE",
  backgroundShare: 0.05,
  backgroundQuantile: 0.99,
} as const;

export type BackgroundRule =
  | { readonly method: "MODE"; readonly share: number }
  | { readonly method: "CALIBRATED"; readonly threshold: number };

/**
 * How the background error of a model's frames is found; null where it is learned and nothing was.
 *
 * @param learned `backgroundError` of the model's calibration
 */
export function backgroundRule(
  hyperparameters: { readonly backgroundMethod: BackgroundMethod; readonly backgroundShare: number },
  learned: number | null,
): BackgroundRule | null {
  const { backgroundMethod: method, backgroundShare: share } = hyperparameters;
  switch (method) {
    case "MODE":
      return { method, share };
    case "CALIBRATED":
      return learned === null ? null : { method, threshold: learned };
    default:
      throw method satisfies never;
  }
}
