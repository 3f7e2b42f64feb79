"use client";
import { type DatasetQuery, datasetQuery } from "@engram/sdk";
import { Badge } from "../../components/Badge.tsx";
import { Facts } from "../../components/Facts.tsx";
import { Notice } from "../../components/Notice.tsx";
import { PageHead } from "../../components/PageHead.tsx";
import { QueryState } from "../../components/QueryState.tsx";
import { Stack } from "../../components/Stack.tsx";
import { formatCount, formatEnum, formatInstant, formatQuantity } from "../../lib/format.ts";
import { useApiQuery } from "../../lib/use-api.ts";
import { ModelPanel } from "../model/ModelPanel.tsx";
import { TrainButton } from "../model/TrainButton.tsx";
import { ScoreButton } from "../scoring-run/ScoreButton.tsx";
import { ScoringRunPanel } from "../scoring-run/ScoringRunPanel.tsx";
import { useCanEdit } from "../viewer/use-can-edit.ts";
import { ClipPanels } from "./ClipPanels.tsx";
import { DATASET_VERSION_STATE_TONE } from "./dataset-state.ts";
import { ImportReportView } from "./ImportReportView.tsx";

type Dataset = NonNullable<NonNullable<DatasetQuery["project"]>["dataset"]>;

export function DatasetDetail({ slug }: { slug: string }) {
  const query = useApiQuery(datasetQuery, { slug });
  return (
    <QueryState query={query} what="data set">
      {({ project }) =>
        project?.dataset ? (
          <DatasetView dataset={project.dataset} />
        ) : (
          <Notice>There is no data set “{slug}”, or it is not yours to see.</Notice>
        )
      }
    </QueryState>
  );
}

function DatasetView({ dataset }: { dataset: Dataset }) {
  const canEdit = useCanEdit();
  const version = dataset.latestVersion;
  const isReady = version?.state === "READY";
  const isImages = version?.kind === "IMAGES";
  return (
    <Stack>
      <PageHead
        title={dataset.name}
        crumbs={[{ title: "Data sets", href: "/datasets" }]}
        badge={
          version ? (
            <Badge tone={DATASET_VERSION_STATE_TONE[version.state]}>
              Version {version.number}, {formatEnum(version.state).toLowerCase()}
            </Badge>
          ) : null
        }
        actions={
          canEdit && version && isReady ? (
            <>
              <TrainButton datasetVersionId={version.id} datasetName={dataset.name} isImages={isImages} />
              <ScoreButton datasetVersionId={version.id} datasetName={dataset.name} />
            </>
          ) : null
        }
      >
        {version ? (
          <Facts
            facts={[
              { name: isImages ? "Folders" : "Clips", value: formatCount(version.clipCount) },
              { name: isImages ? "Pictures" : "Frames", value: formatCount(version.frameCount) },
              { name: "Layout", value: version.layout.replaceAll("_", " ") },
              { name: "Ready since", value: formatInstant(version.readyAt) },
              {
                name: "Content",
                value: (
                  <code title={version.contentHash ?? undefined}>
                    {version.contentHash?.slice(0, 12) ?? "—"}
                  </code>
                ),
              },
            ]}
          />
        ) : (
          <Notice>This data set has no version yet: its import has not finished.</Notice>
        )}
      </PageHead>
      {version?.report ? <Warnings report={version.report} /> : null}
      <ScoringRunPanel datasetSlug={dataset.slug} isImages={isImages} />
      <ModelPanel datasetSlug={dataset.slug} />
      {version ? (
        <ClipPanels
          slug={dataset.slug}
          datasetVersionId={version.id}
          isImages={isImages}
          run={version.latestScoringRun ?? null}
        />
      ) : null}
      {version?.report ? <ImportReportView report={version.report} /> : null}
    </Stack>
  );
}

/** Up here only that there is something to read; the report itself stands at the end. */
function Warnings({ report }: { report: NonNullable<NonNullable<Dataset["latestVersion"]>["report"]> }) {
  const quarantined = report.clips.filter((clip) => clip.quarantineReason).length;
  const found = [
    quarantined > 0 ? `${formatQuantity(quarantined, "clip")} quarantined` : null,
    report.warnings.length > 0 ? formatQuantity(report.warnings.length, "warning") : null,
    report.unmatched.length > 0
      ? `${formatQuantity(report.unmatched.length, "file")} of ground truth that fit nothing`
      : null,
  ].filter((text) => text !== null);
  if (found.length === 0) return null;
  return (
    <Notice tone="warn">
      The import left remarks: {found.join(", ")}. The report is at the end of this page.
    </Notice>
  );
}
