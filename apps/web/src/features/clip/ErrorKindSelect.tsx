import type { ErrorMapKind } from "@engram/sdk";

interface ErrorKindSelectProps {
  /** what is shown with these errors */
  readonly label: string;
  readonly kind: ErrorMapKind;
  readonly onChange: (kind: ErrorMapKind) => void;
}

const KIND_NAME: Readonly<Record<ErrorMapKind, string>> = {
  RAW: "Raw errors",
  CORRECTED: "Without background",
};

/** Whether errors are shown as they are, or without the background's part. */
export function ErrorKindSelect({ label, kind, onChange }: ErrorKindSelectProps) {
  return (
    <select
      aria-label={label}
      title="The background's part of an error is what most pixels share, told from its histogram."
      value={kind}
      onChange={(event) => onChange(event.target.value === "CORRECTED" ? "CORRECTED" : "RAW")}
    >
      {Object.entries(KIND_NAME).map(([value, name]) => (
        <option key={value} value={value}>
          {name}
        </option>
      ))}
    </select>
  );
}
