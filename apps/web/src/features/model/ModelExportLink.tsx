import type { ModelExportFieldsFragment } from "@engram/sdk";
import { formatBytes } from "../../lib/format.ts";

/** The files of an exported model, to be saved. */
export function ModelExportLink({ modelExport }: { modelExport: ModelExportFieldsFragment }) {
  const { downloadUrl, format, sizeBytes } = modelExport;
  return (
    <a href={downloadUrl} download>
      {format}, {formatBytes(sizeBytes)}
    </a>
  );
}
