import type { ErrorMapKind } from "@engram/sdk";
import { Select } from "../../components/Select.tsx";

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
    <Select
      label={label}
      title="The background's part of an error is what most pixels share, told from its histogram."
      value={kind}
      onChange={(chosen) => onChange(chosen === "CORRECTED" ? "CORRECTED" : "RAW")}
    >
      {Object.entries(KIND_NAME).map(([value, name]) => (
        <option key={value} value={value}>
          {name}
        </option>
      ))}
    </Select>
  );
}
