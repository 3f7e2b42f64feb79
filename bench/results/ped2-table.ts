// The Ped2 table for people, as Markdown, and for programs.
import { LIVE_SMOOTHING_FRAMES, type Measured, type TrainableArchitecture } from "@engram/core";
import { markdownTable, percent } from "../markdown.ts";
import type { ReferenceFigures } from "../parity/reference.ts";
import type { Ped2Run } from "./ped2.ts";
import { CENTRED_FRAMES, type Ped2Figures, PUBLISHED, ped2Figures } from "./ped2-figures.ts";

/** One figure over the seeds of an architecture. */
export interface SeedSummary {
  readonly architecture: string;
  readonly figure: keyof Omit<Ped2Figures, "lanes">;
  readonly seeds: number;
  readonly mean: number;
  readonly minimum: number;
  readonly maximum: number;
}

const SUMMARIZED = [
  "published",
  "wholeFrame",
  "region",
  "regionLive",
  "regionCentred",
  "squaredCentred",
] as const;

/** One run, without its frames. */
export interface Ped2Row {
  readonly name: string;
  readonly architecture: TrainableArchitecture;
  readonly epochs: number;
  readonly seed: number;
  readonly dataChecksum: string;
  readonly device: string;
  readonly trainingSeconds: number;
  readonly millisecondsPerStep: number | null;
  readonly millisecondsPerFrame: number;
  readonly figures: Ped2Figures;
  /** the paper's, null where it gives none */
  readonly paperPercent: number | null;
}

export interface Ped2Summary {
  /** the authors' code at the size of `compact` */
  readonly reference: ReferenceFigures;
  readonly rows: readonly Ped2Row[];
  readonly seeds: readonly SeedSummary[];
}

export function summarizePed2(runs: readonly Ped2Run[], reference: ReferenceFigures): Ped2Summary {
  const rows = runs.map((run): Ped2Row => {
    const { name, architecture, epochs, seed, metrics, millisecondsPerFrame, dataChecksum } = run;
    const { device, millisecondsPerStep } = metrics;
    return {
      ...{
        name,
        architecture,
        epochs,
        seed,
        dataChecksum,
        device,
        millisecondsPerStep,
        millisecondsPerFrame,
      },
      trainingSeconds: metrics.epochs.reduce((sum, epoch) => sum + epoch.seconds, 0),
      figures: ped2Figures(run),
      paperPercent: PUBLISHED[architecture] ?? null,
    };
  });
  return { reference, rows, seeds: summarizeSeeds(rows) };
}

function summarizeSeeds(rows: readonly Ped2Row[]): SeedSummary[] {
  const architectures = [...new Set(rows.map(({ architecture }) => architecture))];
  return architectures.flatMap((architecture) => {
    const own = rows.filter((row) => row.architecture === architecture);
    if (own.length < 2) return [];
    return SUMMARIZED.flatMap((figure) => {
      const values = own.flatMap(({ figures }) => figures[figure].value ?? []);
      if (values.length < own.length) return [];
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const spread = { minimum: Math.min(...values), maximum: Math.max(...values) };
      return [{ architecture, figure, seeds: values.length, mean, ...spread }];
    });
  });
}

export function formatPed2({ reference, rows, seeds }: Ped2Summary): string {
  const titles = [
    ...["run", "epochs", "own score, per-clip min–max", "its lanes alone", "paper, full size"],
    ...["whole frame, raw", "worst region, raw", `${LIVE_SMOOTHING_FRAMES} frames, trailing`],
    ...[`${CENTRED_FRAMES} frames, centred`, "the same of squared errors"],
    ...["training, min", "ms a step", "ms a frame"],
  ];
  const cells = rows.map(({ figures, ...row }) => [
    ...[row.name, String(row.epochs), percent(figures.published), lanesAlone(figures.lanes)],
    row.paperPercent === null ? "–" : row.paperPercent.toFixed(1),
    ...SUMMARIZED.slice(1).map((figure) => percent(figures[figure])),
    (row.trainingSeconds / 60).toFixed(0),
    row.millisecondsPerStep?.toFixed(0) ?? "–",
    row.millisecondsPerFrame.toFixed(0),
  ]);
  cells.push(referenceCells(reference, titles.length));
  const summaries = seeds.map(({ architecture, figure, mean, minimum, maximum, ...rest }) => {
    const [centre, low, high] = [mean, minimum, maximum].map((value) => (100 * value).toFixed(1));
    return `${architecture}, ${figure}: mean of ${rest.seeds} seeds ${centre} (${low} to ${high})`;
  });
  return [markdownTable(titles, cells), ...summaries].join("\n\n");
}

/** What that code does not measure stays empty. */
function referenceCells(reference: ReferenceFigures, columns: number): string[] {
  const { published, psnr, featureDistance, wholeFrame } = reference;
  const text = (value: number) => (100 * value).toFixed(1);
  const told = [
    ...["the authors' code, same size, seed 0", String(reference.epochs), text(published)],
    ...[`PSNR ${text(psnr)}, FEATURE_DISTANCE ${text(featureDistance)}`, "", text(wholeFrame)],
  ];
  return [...told, ...Array.from({ length: columns - told.length }, () => "")];
}

function lanesAlone(lanes: Ped2Figures["lanes"]): string {
  return Object.entries(lanes)
    .map(([lane, value]: [string, Measured]) => `${lane} ${percent(value)}`)
    .join(", ");
}
