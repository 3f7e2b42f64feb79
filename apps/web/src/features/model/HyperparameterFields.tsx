import type { HyperparameterValue } from "@engram/core";
import { Field } from "../../components/Field.tsx";
import { formatEnum, formatIdentifier } from "../../lib/format.ts";
import { HyperparameterControl } from "./HyperparameterControl.tsx";
import styles from "./TrainForm.module.css";
import { type ArchitectureInfo, groupHyperparameters } from "./train-form.ts";

interface HyperparameterFieldsProps {
  readonly hyperparameters: ArchitectureInfo["hyperparameters"];
  readonly defaults: Readonly<Record<string, HyperparameterValue>>;
  readonly entries: Readonly<Record<string, string>>;
  readonly onChange: (name: string, text: string) => void;
}

/** What a run is most often told apart by; the others are a click away. */
const FOREMOST = new Set(["epochs", "seed"]);

export function HyperparameterFields(props: HyperparameterFieldsProps) {
  const { hyperparameters } = props;
  const others = hyperparameters.filter(({ name }) => !FOREMOST.has(name));
  return (
    <>
      <Fields {...props} hyperparameters={hyperparameters.filter(({ name }) => FOREMOST.has(name))} />
      {others.length === 0 ? null : (
        <details className={styles.more}>
          <summary>All hyper-parameters</summary>
          {groupHyperparameters(others).map(({ group, members }) => (
            <fieldset key={group} className={styles.group}>
              <legend>{formatEnum(group)}</legend>
              <Fields {...props} hyperparameters={members} />
            </fieldset>
          ))}
        </details>
      )}
    </>
  );
}

function Fields({ hyperparameters, defaults, entries, onChange }: HyperparameterFieldsProps) {
  return (
    <div className={styles.grid}>
      {hyperparameters.map((hyperparameter) => {
        const { name, description, unit } = hyperparameter;
        return (
          <Field
            key={name}
            label={formatEnum(formatIdentifier(name))}
            hint={unit ? `${description}, in ${unit}` : description}
          >
            <HyperparameterControl
              hyperparameter={hyperparameter}
              preset={defaults[name]}
              entry={entries[name] ?? ""}
              onChange={(text) => onChange(name, text)}
            />
          </Field>
        );
      })}
    </div>
  );
}
