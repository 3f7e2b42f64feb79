import { Button } from "./Button.tsx";
import styles from "./FormFoot.module.css";
import { Notice } from "./Notice.tsx";

interface FormFootProps {
  readonly submitLabel: string;
  readonly isPending: boolean;
  readonly isDisabled?: boolean;
  readonly failures: readonly string[];
  readonly onClose: () => void;
}

/** The end of a dialog's form: what was refused, then the way out and the way on. */
export function FormFoot({ submitLabel, isPending, isDisabled = false, failures, onClose }: FormFootProps) {
  return (
    <>
      {failures.length === 0 ? null : (
        <Notice tone="alarm">
          {failures.map((failure) => (
            <p key={failure}>{failure}</p>
          ))}
        </Notice>
      )}
      <div className={styles.foot}>
        <Button onClick={onClose}>Close</Button>
        <Button type="submit" variant="primary" disabled={isPending || isDisabled}>
          {submitLabel}
        </Button>
      </div>
    </>
  );
}
