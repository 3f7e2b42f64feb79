import type { JobLinksFragment } from "@engram/sdk";
import Link from "next/link";
import { datasetPath, scoringRunPath } from "../../lib/route.ts";
import { ModelExportLink } from "../model/ModelExportLink.tsx";
import styles from "./JobLinks.module.css";

/** What came out of a job. */
export function JobLinks({ job }: { job: JobLinksFragment }) {
  const { datasetVersion, modelExport, modelVersion, scoringRun } = job;
  if (!datasetVersion && !modelVersion && !scoringRun && !modelExport) return null;
  return (
    <span className={styles.links}>
      {scoringRun ? <Link href={scoringRunPath(scoringRun.number)}>Run {scoringRun.number}</Link> : null}
      {modelExport ? (
        <>
          <ModelExportLink modelExport={modelExport} />
          <span>
            {modelExport.modelVersion.model.name}, version {modelExport.modelVersion.number}
          </span>
        </>
      ) : null}
      {modelVersion ? (
        <span>
          {modelVersion.model.name}, version {modelVersion.number}
        </span>
      ) : null}
      {datasetVersion ? (
        <Link href={datasetPath(datasetVersion.dataset.slug)}>
          {datasetVersion.dataset.name}, version {datasetVersion.number}
        </Link>
      ) : null}
    </span>
  );
}
