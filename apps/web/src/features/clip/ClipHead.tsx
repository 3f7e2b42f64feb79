import { type Fact, Facts } from "../../components/Facts.tsx";
import { PageHead } from "../../components/PageHead.tsx";
import { datasetPath, scoringRunPath } from "../../lib/route.ts";
import type { ClipRun } from "./ClipPage.tsx";

interface ClipHeadProps {
  readonly run: ClipRun;
  readonly title: string;
  /** of the clip; where it comes from is said after them */
  readonly facts: readonly Fact[];
}

export function ClipHead({ run, title, facts }: ClipHeadProps) {
  const { dataset, number } = run.datasetVersion;
  return (
    <PageHead
      title={title}
      crumbs={[
        { title: "Data sets", href: "/datasets" },
        { title: dataset.name, href: datasetPath(dataset.slug) },
        { title: `Run ${run.number}`, href: scoringRunPath(run.number) },
      ]}
    >
      <Facts
        facts={[
          ...facts,
          { name: "Model", value: `${run.modelVersion.model.name}, version ${run.modelVersion.number}` },
          { name: "Data", value: `${dataset.name}, version ${number}` },
        ]}
      />
    </PageHead>
  );
}
