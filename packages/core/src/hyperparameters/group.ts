// What a hyper-parameter is about: forms show them under these headings, in this order.
import { z } from "zod";

export const hyperparameterGroupSchema = z.enum([
  "NETWORK",
  "MEMORY",
  "LOSS",
  "SCORE",
  "BACKGROUND_ERROR",
  "TRAINING",
  "AUGMENTATION",
  "EARLY_STOPPING",
]);
export type HyperparameterGroup = z.infer<typeof hyperparameterGroupSchema>;

/** The fields, each of them marked with `group`, which its schema keeps when it is refined. */
export function grouped<S extends Readonly<Record<string, z.ZodType>>>(
  group: HyperparameterGroup,
  fields: S,
): S {
  return Object.fromEntries(
    Object.entries(fields).map(([name, field]) => [name, field.meta({ group })]),
  ) as unknown as S;
}
