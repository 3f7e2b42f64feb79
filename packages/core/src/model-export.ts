// What an exported model is called, wherever it is written, served or unpacked.
import type { ExportFormat } from "./vocabulary.ts";

/** The folder of an export's files; its archive has the same name and `.tar` behind it. */
export function exportName(modelSlug: string, versionNumber: number, format: ExportFormat): string {
  return `${modelSlug}-v${versionNumber}-${format.toLowerCase()}`;
}
