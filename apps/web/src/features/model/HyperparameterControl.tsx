import type { HyperparameterValue } from "@engram/core";
import { formatEnum } from "../../lib/format.ts";
import type { ArchitectureInfo } from "./train-form.ts";

interface HyperparameterControlProps {
  readonly hyperparameter: ArchitectureInfo["hyperparameters"][number];
  /** the chosen preset's value, which holds as long as nothing is entered */
  readonly preset: HyperparameterValue | undefined;
  readonly entry: string;
  readonly onChange: (text: string) => void;
}

/** The control that suits the kind of a hyper-parameter. */
export function HyperparameterControl({
  hyperparameter,
  preset,
  entry,
  onChange,
}: HyperparameterControlProps) {
  const { name, kind, minimum, maximum, isInteger, choices, pattern } = hyperparameter;
  const placeholder = preset === undefined ? undefined : String(preset);
  switch (kind) {
    case "NUMBER":
      return (
        <input
          type="number"
          name={name}
          min={minimum ?? undefined}
          max={maximum ?? undefined}
          step={isInteger ? 1 : "any"}
          placeholder={placeholder}
          value={entry}
          onChange={(event) => onChange(event.target.value)}
        />
      );
    case "CHOICE":
      return (
        <select name={name} value={entry || placeholder} onChange={(event) => onChange(event.target.value)}>
          {choices.map((choice) => (
            <option key={choice} value={choice}>
              {formatEnum(choice)}
            </option>
          ))}
        </select>
      );
    case "SWITCH":
      return (
        <input
          type="checkbox"
          name={name}
          checked={(entry || placeholder) === "true"}
          onChange={(event) => onChange(String(event.target.checked))}
        />
      );
    case "TEXT":
      return (
        <input
          type="text"
          name={name}
          pattern={pattern ?? undefined}
          placeholder={placeholder}
          value={entry}
          onChange={(event) => onChange(event.target.value)}
        />
      );
    default:
      throw kind satisfies never;
  }
}
