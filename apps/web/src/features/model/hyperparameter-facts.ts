// A model version's hyper-parameters as names and texts.
import { formatEnum, formatIdentifier } from "../../lib/format.ts";

export interface HyperparameterFact {
  readonly name: string;
  readonly value: string;
}

/** Numbers and texts as they are, a choice's word and a switch in words; in the order stored. */
export function hyperparameterFacts(stored: unknown): readonly HyperparameterFact[] {
  if (typeof stored !== "object" || stored === null) return [];
  return Object.entries(stored).map(([name, value]) => ({
    name: formatEnum(formatIdentifier(name)),
    value: textOf(value),
  }));
}

function textOf(value: unknown): string {
  if (typeof value === "boolean") return value ? "yes" : "no";
  const text = String(value);
  return /^[A-Z][A-Z0-9_]*$/.test(text) ? formatEnum(text) : text;
}
