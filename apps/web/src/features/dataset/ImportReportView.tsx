import type { ImportReportFieldsFragment } from "@engram/sdk";
import { Facts } from "../../components/Facts.tsx";
import { Notice } from "../../components/Notice.tsx";
import { Panel } from "../../components/Panel.tsx";
import { formatBytes, formatCount, formatQuantity } from "../../lib/format.ts";
import styles from "./ImportReportView.module.css";

/** What the import found, and above all what it could not use. */
export function ImportReportView({ report }: { report: ImportReportFieldsFragment }) {
  const quarantined = report.clips.filter((clip) => clip.quarantineReason);
  const isImages = report.clips.some((clip) => clip.kind === "IMAGES");
  const frames = report.clips.reduce((sum, clip) => sum + clip.frameCount, 0);
  return (
    <Panel title="Import report" note={`layout ${report.layout.replaceAll("_", " ")}`}>
      <div className={styles.report}>
        <Facts
          facts={[
            { name: isImages ? "Folders" : "Clips", value: formatCount(report.clips.length) },
            { name: isImages ? "Pictures" : "Frames", value: formatCount(frames) },
            { name: "With labels", value: formatCount(report.clips.filter((clip) => clip.hasLabels).length) },
            { name: "With masks", value: formatCount(report.clips.filter((clip) => clip.hasMasks).length) },
            { name: "Size", value: formatBytes(report.totalBytes) },
          ]}
        />
        <Findings title={`${formatQuantity(report.warnings.length, "warning")}`} lines={report.warnings} />
        <Findings
          title={`${formatQuantity(quarantined.length, "clip")} quarantined`}
          lines={quarantined.map(
            (clip) => `${clip.split.toLowerCase()}/${clip.name}: ${clip.quarantineReason}`,
          )}
        />
        <Findings
          title={`${formatQuantity(report.unmatched.length, "file")} without a ${isImages ? "picture" : "clip"}`}
          lines={report.unmatched}
        />
      </div>
    </Panel>
  );
}

const SHOWN = 20;

function Findings({ title, lines }: { title: string; lines: readonly string[] }) {
  if (lines.length === 0) return null;
  return (
    <Notice tone="warn" title={title}>
      <ul>
        {lines.slice(0, SHOWN).map((line) => (
          <li key={line}>{line}</li>
        ))}
        {lines.length > SHOWN ? <li>and {lines.length - SHOWN} more</li> : null}
      </ul>
    </Notice>
  );
}
