// The figures of a job at work, as a reader would say them.
import { formatIdentifier, formatSignificant } from "../../lib/format.ts";

interface Figure {
  readonly name: string;
  readonly value?: number | null;
}

export interface LiveFigure {
  readonly name: string;
  readonly value: string;
}

/** In the order given; what is not known is left out, and the number of epochs said with the epoch. */
export function liveFigures(figures: readonly Figure[]): LiveFigure[] {
  const epochs = figures.find(({ name }) => name === "epochs")?.value ?? null;
  return figures.flatMap(({ name, value }) => {
    if (value == null || name === "epochs") return [];
    if (name === "epoch" && epochs !== null) return [{ name, value: `${value} of ${epochs}` }];
    if (name === "inputWaitShare")
      return [{ name: "waiting for input", value: `${(100 * value).toFixed(0)} %` }];
    return [{ name: NAMES[name] ?? formatIdentifier(name), value: formatSignificant(value) }];
  });
}

const NAMES: Readonly<Record<string, string>> = {
  millisecondsPerStep: "ms a step",
  msPerFrame: "ms a frame",
  validationAuroc: "validation AUROC",
};
