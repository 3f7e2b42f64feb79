import type { JobQuery } from "@engram/sdk";
import { Facts } from "../../components/Facts.tsx";
import { Panel } from "../../components/Panel.tsx";
import { formatBytes, formatCount } from "../../lib/format.ts";

type ModelVersion = NonNullable<NonNullable<NonNullable<JobQuery["project"]>["job"]>["modelVersion"]>;
type Origin = NonNullable<ModelVersion["importedFrom"]>;

/** Where the weights of a model version come from that was not trained here. */
export function ImportedWeights({ version, origin }: { version: ModelVersion; origin: Origin }) {
  return (
    <Panel title="Imported weights" note="trained elsewhere">
      <Facts
        isLedger
        facts={[
          { name: "File", value: origin.fileName },
          { name: "Size", value: formatBytes(origin.sizeBytes) },
          { name: "SHA-256", value: origin.sha256 },
          { name: "Parameters", value: formatCount(version.metrics.parameterCount) },
          {
            name: "Calibrated on",
            value: `${formatCount(version.calibration.frameCount)} frames, which the weights may have been trained on`,
          },
        ]}
      />
    </Panel>
  );
}
