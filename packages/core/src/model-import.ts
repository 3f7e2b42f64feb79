// Weights that were trained elsewhere, and what a platform must know of them.
import { z } from "zod";
import { architectureSchema } from "./vocabulary.ts";

/** The architectures whose published code's weights can be read. */
export const importableArchitectureSchema = architectureSchema.extract([
  "MNAD_PREDICTION",
  "MNAD_RECONSTRUCTION",
]);
export type ImportableArchitecture = z.infer<typeof importableArchitectureSchema>;

/** The widest MNAD takes less. */
export const MAX_WEIGHTS_BYTES = 512 * 2 ** 20;

export const importModelInputSchema = z.strictObject({
  uploadId: z.uuid(),
  /** what the model is calibrated on */
  datasetVersionId: z.uuid(),
  modelName: z.string().min(1).max(100),
  modelSlug: z.string().min(1).max(100),
  /** null, as the two below it: read off the shapes of the tensors */
  architecture: importableArchitectureSchema.nullable(),
  width: z.int().nullable(),
  items: z.int().nullable(),
  /** side of the square frames that the weights were trained on: no shape tells it */
  size: z.int(),
});
export type ImportModelInput = z.infer<typeof importModelInputSchema>;

/** Where a model version's weights come from that was not trained here. */
export const importedFromSchema = z.object({
  fileName: z.string(),
  sha256: z.string(),
  sizeBytes: z.number().int(),
});
export type ImportedFrom = z.infer<typeof importedFromSchema>;
