// Options that take one of a set of values: words on the command line, constants in the program.
import { InvalidArgumentError, Option } from "commander";

/** `--memory update` gives `UPDATE`; anything else is refused with the words that there are. */
export function choiceOption<T extends string>(
  flags: string,
  description: string,
  values: readonly T[],
): Option {
  return new Option(flags, description)
    .choices(values.map(wordOf))
    .argParser((word) => constantOf(word, values));
}

/** `MEAN_SQUARE` → `mean-square` */
function wordOf(value: string): string {
  return value.toLowerCase().replaceAll("_", "-");
}

function constantOf<T extends string>(word: string, values: readonly T[]): T {
  const value = values.find((one) => wordOf(one) === word.toLowerCase());
  if (value !== undefined) return value;
  throw new InvalidArgumentError(`Allowed choices are ${values.map(wordOf).join(", ")}.`);
}
