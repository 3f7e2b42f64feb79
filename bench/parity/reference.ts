// What the authors' code made of Ped2: its trained weights and, frame by frame, its figures.
import { readFile } from "node:fs/promises";
import { sharedPath } from "@engram/testkit";
import { z } from "zod";

const referenceSchema = z.object({
  settings: z.object({ size: z.int(), lambda: z.number(), gamma: z.number() }),
  epochs: z.array(z.object({ auc: z.number().optional() })),
  clips: z.array(
    z.object({ clip: z.string(), psnr: z.array(z.number()), featureDistance: z.array(z.number()) }),
  ),
});

export type ReferenceClip = z.infer<typeof referenceSchema>["clips"][number];

export interface Reference {
  readonly settings: z.infer<typeof referenceSchema>["settings"];
  readonly clips: readonly ReferenceClip[];
  /** after the last epoch, MNAD protocol */
  readonly auroc: number;
  readonly weights: Uint8Array;
  /** folder of the data set */
  readonly data: string;
}

export async function readReference(): Promise<Reference> {
  const files = [
    "reference/ped2-reference.json",
    "reference/mnad_compact_reference.safetensors",
    "data/ped2",
  ];
  const [figures, weights, data] = files.map((file) => sharedPath(file));
  if (!figures || !weights || !data)
    throw new Error("Ped2, the reference's figures and its weights are needed.");
  const { settings, epochs, clips } = referenceSchema.parse(JSON.parse(await readFile(figures, "utf8")));
  const auroc = epochs.at(-1)?.auc;
  if (auroc === undefined) throw new Error("The reference has no AUROC of its last epoch.");
  return { settings, clips, auroc, weights: await readFile(weights), data };
}
