// What the authors' code made of Ped2: its trained weights and, frame by frame, its figures.
import { readFile } from "node:fs/promises";
import { sharedPath } from "@engram/testkit";
import { z } from "zod";

const referenceSchema = z.object({
  settings: z.object({ size: z.int(), lambda: z.number(), gamma: z.number() }),
  epochs: z.array(
    z.object({
      auc: z.number().optional(),
      psnr: z.number().optional(),
      feat: z.number().optional(),
      psnr_raw: z.number().optional(),
    }),
  ),
  clips: z.array(
    z.object({ clip: z.string(), psnr: z.array(z.number()), featureDistance: z.array(z.number()) }),
  ),
});

export type ReferenceClip = z.infer<typeof referenceSchema>["clips"][number];

/** Frame AUROC after the last epoch. */
export interface ReferenceFigures {
  readonly epochs: number;
  /** MNAD protocol: the two below, min–max normalized per clip, mixed by λ */
  readonly published: number;
  readonly psnr: number;
  readonly featureDistance: number;
  /** PSNR as it is, nothing normalized */
  readonly wholeFrame: number;
}

export interface Reference {
  readonly settings: z.infer<typeof referenceSchema>["settings"];
  readonly clips: readonly ReferenceClip[];
  readonly figures: ReferenceFigures;
  readonly weights: Uint8Array;
  /** folder of the data set */
  readonly data: string;
}

export async function readReference(): Promise<Reference> {
  const [weights, data] = ["reference/mnad_compact_reference.safetensors", "data/ped2"].map((file) =>
    sharedPath(file),
  );
  if (!weights || !data) throw new Error("Ped2 and the reference's weights are needed.");
  const { settings, clips, epochs } = await readFigures();
  return { settings, clips, figures: lastEpoch(epochs), weights: await readFile(weights), data };
}

/** @throws Error where they are not there */
export async function readReferenceFigures(): Promise<ReferenceFigures> {
  return lastEpoch((await readFigures()).epochs);
}

async function readFigures() {
  const path = sharedPath("reference/ped2-reference.json");
  if (path === null) throw new Error("The reference's figures are needed.");
  return referenceSchema.parse(JSON.parse(await readFile(path, "utf8")));
}

function lastEpoch(epochs: z.infer<typeof referenceSchema>["epochs"]): ReferenceFigures {
  const { auc, psnr, feat, psnr_raw } = epochs.at(-1) ?? {};
  if (auc === undefined || psnr === undefined || feat === undefined || psnr_raw === undefined) {
    throw new Error("The reference has no figures of its last epoch.");
  }
  return { epochs: epochs.length, published: auc, psnr, featureDistance: feat, wholeFrame: psnr_raw };
}
