// The hyper-parameters of all architectures as options of a command, made of core's schemas. What an architecture lacks
// of them the server refuses by name.
import {
  describeHyperparameters,
  type HyperparameterInfo,
  type HyperparameterValue,
  trainableArchitectureSchema,
} from "@engram/core";
import { Option } from "commander";
import { choiceOption } from "./choice-option.ts";
import { number } from "./numbers.ts";

/** Hyper-parameters laid over the preset; what is undefined stays the preset's. */
export type HyperparameterOptions = Readonly<Record<string, HyperparameterValue | undefined>>;

const HYPERPARAMETERS = new Map(
  trainableArchitectureSchema.options.flatMap(describeHyperparameters).map((info) => [info.name, info]),
);

/** One option each; two for a switch: `--flip-horizontal`, `--no-flip-horizontal`. */
export function hyperparameterOptions(): Option[] {
  return [...HYPERPARAMETERS.values()].flatMap(optionsOf);
}

/** Those of a command's parsed options that are hyper-parameters. */
export function pickHyperparameters(options: Readonly<Record<string, unknown>>): HyperparameterOptions {
  const names = [...HYPERPARAMETERS.keys()];
  return Object.fromEntries(names.map((name) => [name, options[name] as HyperparameterValue | undefined]));
}

function optionsOf({ name, description, kind, unit, choices }: HyperparameterInfo): Option[] {
  const flag = `--${kebab(name)}`;
  const text = unit === null ? description : `${description}, in ${unit}`;
  switch (kind) {
    case "NUMBER":
      return [new Option(`${flag} <number>`, text).argParser(number)];
    case "CHOICE":
      return [choiceOption(`${flag} <choice>`, text, choices)];
    case "SWITCH":
      return [
        new Option(flag, text),
        new Option(`--no-${kebab(name)}`, "without it, where the preset has it"),
      ];
    case "TEXT":
      return [new Option(`${flag} <text>`, text)];
    default:
      throw kind satisfies never;
  }
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
