import { Field } from "../../components/Field.tsx";
import { formatEnum, formatIdentifier } from "../../lib/format.ts";
import styles from "./TrainForm.module.css";
import type { ArchitectureInfo } from "./train-form.ts";

type Hyperparameter = ArchitectureInfo["hyperparameters"][number];

interface HyperparameterFieldsProps {
  readonly hyperparameters: readonly Hyperparameter[];
  readonly defaults: Readonly<Record<string, number>>;
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
          <Fields {...props} hyperparameters={others} />
        </details>
      )}
    </>
  );
}

function Fields({ hyperparameters, defaults, entries, onChange }: HyperparameterFieldsProps) {
  return (
    <div className={styles.grid}>
      {hyperparameters.map(({ name, description, minimum, maximum, isInteger }) => (
        <Field key={name} label={formatEnum(formatIdentifier(name))} hint={description}>
          <input
            type="number"
            name={name}
            min={minimum ?? undefined}
            max={maximum ?? undefined}
            step={isInteger ? 1 : "any"}
            placeholder={defaults[name] === undefined ? undefined : String(defaults[name])}
            value={entries[name] ?? ""}
            onChange={(event) => onChange(name, event.target.value)}
          />
        </Field>
      ))}
    </div>
  );
}
