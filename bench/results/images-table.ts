// The table of pictures for people, as Markdown.
import { markdownTable, percent } from "../markdown.ts";
import type { ImageFigures } from "./image-figures.ts";
import type { ImagesRun } from "./images.ts";

const COLUMNS: readonly [string, keyof ImageFigures][] = [
  ["image AUROC", "imageAuroc"],
  ["pixel AUROC", "pixelAuroc"],
  ["AUPRO", "aupro"],
  ["F1-max of pixels", "pixelF1Max"],
  ["F1-max of images", "imageF1Max"],
];

/** One row a model with its error maps as they are, and one with what histogram error estimation leaves of them. */
export function formatImages(runs: readonly ImagesRun[]): string {
  const titles = [
    "set",
    "network",
    "stains",
    "HEE",
    ...COLUMNS.map(([title]) => title),
    "minutes of training",
  ];
  const rows = runs.flatMap(({ set, network, hyperparameters, figures, metrics }) =>
    (["raw", "corrected"] as const).map((correction) => [
      ...[set, network, hyperparameters.stains > 0 ? "yes" : "no", correction === "corrected" ? "yes" : "no"],
      ...COLUMNS.map(([, figure]) => percent(figures[correction][figure])),
      (metrics.epochs.reduce((sum, { seconds }) => sum + seconds, 0) / 60).toFixed(1),
    ]),
  );
  return markdownTable(titles, rows);
}
