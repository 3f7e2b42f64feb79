"use client";
import type { ModelVersionFieldsFragment } from "@engram/sdk";
import Link from "next/link";
import { Panel } from "../../components/Panel.tsx";
import { QueryState } from "../../components/QueryState.tsx";
import { Table } from "../../components/Table.tsx";
import {
  formatArchitecture,
  formatCount,
  formatDuration,
  formatInstant,
  formatQuantity,
  formatSignificant,
  UNKNOWN,
} from "../../lib/format.ts";
import { jobPath } from "../../lib/route.ts";
import { ModelExportCell } from "./ModelExportCell.tsx";
import { useModelVersions } from "./use-model-versions.ts";

/** The model versions that were trained, or at least calibrated, on a data set, newest first. */
export function ModelPanel({ datasetSlug }: { datasetSlug: string }) {
  const query = useModelVersions();
  return (
    <Panel title="Models trained on it" isFlush>
      <QueryState query={query} what="models">
        {(all) => (
          <Table
            caption="Models trained on this data set"
            rows={all.filter(({ version }) => version.datasetVersion.dataset.slug === datasetSlug)}
            rowKey={({ version }) => version.id}
            empty="None yet: train one."
            columns={[
              { title: "Model", cell: ({ model, version }) => `${model.name}, version ${version.number}` },
              {
                title: "Architecture",
                isSecondary: true,
                cell: ({ model }) => formatArchitecture(model.architecture),
              },
              {
                title: "On version",
                isNumber: true,
                isSecondary: true,
                cell: ({ version }) => version.datasetVersion.number,
              },
              {
                title: "Trained for",
                isNumber: true,
                cell: ({ version: { importedFrom, metrics } }) =>
                  importedFrom ? (
                    <span title={`sha256 ${importedFrom.sha256}`}>elsewhere: {importedFrom.fileName}</span>
                  ) : (
                    formatQuantity(metrics.epoch.length, "epoch")
                  ),
              },
              {
                title: "Last loss",
                isNumber: true,
                cell: ({ version }) => formatSignificant(version.metrics.loss.at(-1)),
              },
              {
                title: "Per step",
                isNumber: true,
                isSecondary: true,
                cell: ({ version }) => formatDuration(version.metrics.millisecondsPerStep),
              },
              { title: "Calibration", isSecondary: true, cell: ({ version }) => calibration(version) },
              {
                title: "Files",
                cell: ({ model, version }) => (
                  <ModelExportCell name={`${model.name}, version ${version.number}`} version={version} />
                ),
              },
              {
                title: "Job",
                isNumber: true,
                cell: ({ version: { trainJob } }) =>
                  trainJob ? <Link href={jobPath(trainJob.number)}>{trainJob.number}</Link> : UNKNOWN,
              },
              {
                title: "Made",
                isNumber: true,
                isSecondary: true,
                cell: ({ version }) => formatInstant(version.createdAt),
              },
            ]}
          />
        )}
      </QueryState>
    </Panel>
  );
}

function calibration({ calibration: { source, frameCount } }: ModelVersionFieldsFragment): string {
  return source === "CALIBRATION_FRAMES"
    ? `${formatCount(frameCount)} unseen frames`
    : `${formatCount(frameCount)} training frames`;
}
