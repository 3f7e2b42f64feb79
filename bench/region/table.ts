// The ablation for people, as Markdown tables.
import { markdownTable, percent } from "../markdown.ts";
import type { FormRow, MixRow, SmoothingRow } from "./ablation.ts";

export function formatForms(rows: readonly FormRow[]): string {
  return markdownTable(
    ["worst region of", "side, share of the frame's", "raw", "5 frames, trailing", "15 frames, centred"],
    rows.map(({ form, raw, live, centred }) => [
      `${form.power === 1 ? "absolute" : "squared"} errors`,
      form.share.toFixed(3),
      ...[raw, live, centred].map(percent),
    ]),
  );
}

export function formatSmoothing(rows: readonly SmoothingRow[]): string {
  return markdownTable(
    [
      ...["mean over frames", "PSNR, centred", "PSNR, trailing"],
      ...["region error, centred", "region error, trailing"],
    ],
    rows.map(({ frames, psnr, region }) => [
      frames === 1 ? "1, none" : String(frames),
      ...[psnr.CENTRED, psnr.TRAILING, region.CENTRED, region.TRAILING].map(percent),
    ]),
  );
}

export function formatMixes(rows: readonly MixRow[]): string {
  return markdownTable(
    ["mix", "smoothing", "abnormality AUROC", "events raised, true", "precision", "recall"],
    rows.map(({ mix, frames, alignment, auroc, raised, truth, precision, recall }) => [
      Object.entries(mix)
        .map(([lane, weight]) => `${weight} ${lane.toLowerCase()}`)
        .join(" + "),
      `${frames}, ${alignment.toLowerCase()}`,
      ...[percent(auroc), `${raised}, ${truth}`, percent(precision), percent(recall)],
    ]),
  );
}
