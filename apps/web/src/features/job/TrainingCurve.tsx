import type { JobQuery, TrainingEpochFieldsFragment } from "@engram/sdk";
import { type Fact, Facts } from "../../components/Facts.tsx";
import { type LinePath, linePath } from "../../components/line-path.ts";
import { Panel } from "../../components/Panel.tsx";
import {
  formatCount,
  formatDuration,
  formatEnum,
  formatQuantity,
  formatSignificant,
} from "../../lib/format.ts";
import { MemoryUse } from "./MemoryUse.tsx";
import styles from "./TrainingCurve.module.css";
import { type CurveSeries, prepareTrainingCurves } from "./training-curve.ts";

type Metrics = NonNullable<NonNullable<NonNullable<JobQuery["project"]>["job"]>["modelVersion"]>["metrics"];

/** A training that is over. */
export function TrainingCurve({ metrics }: { metrics: Metrics }) {
  return (
    <TrainingPanel epochs={metrics}>
      <Facts facts={factsOf(metrics)} />
    </TrainingPanel>
  );
}

/** The epochs so far, as curves, and what became of the memory in the last. */
export function TrainingPanel({
  epochs,
  children,
}: {
  epochs: TrainingEpochFieldsFragment;
  children?: React.ReactNode;
}) {
  const { epochs: indices, series, memory } = prepareTrainingCurves(epochs);
  return (
    <Panel title="Training" note={formatQuantity(indices.length, "epoch")}>
      <div className={styles.curves}>
        {series.map((one) => (
          <Curve key={one.name} series={one} />
        ))}
        {memory ? <MemoryUse memory={memory} /> : null}
      </div>
      {children}
    </Panel>
  );
}

function factsOf(metrics: Metrics): Fact[] {
  const { modelEpoch, best, earlyStop } = metrics;
  const totalMs = metrics.seconds.reduce((sum, seconds) => sum + seconds, 0) * 1000;
  const waits = metrics.inputWaitSeconds.filter((seconds) => seconds != null);
  const waitedMs = waits.reduce((sum, seconds) => sum + seconds, 0) * 1000;
  return [
    { name: "Steps", value: formatCount(metrics.steps) },
    { name: "Time per step", value: formatDuration(metrics.millisecondsPerStep) },
    { name: "All epochs", value: metrics.seconds.length === 0 ? "—" : formatDuration(totalMs) },
    ...(waits.length > 0 ? [{ name: "Waited for input", value: formatDuration(waitedMs) }] : []),
    ...(modelEpoch == null ? [] : [{ name: "Model of epoch", value: formatCount(modelEpoch + 1) }]),
    ...(best ? [{ name: `Best ${formatEnum(best.monitor)}`, value: formatSignificant(best.value) }] : []),
    ...(earlyStop ? [{ name: `Stopped after epoch ${earlyStop.epoch + 1}`, value: earlyStop.reason }] : []),
    { name: "Parameters", value: formatCount(metrics.parameterCount) },
    { name: "Device", value: metrics.device },
  ];
}

const WIDTH = 240;
const HEIGHT = 64;

function Curve({ series }: { series: CurveSeries }) {
  const { path, dots, domain } = linePath(series.values, WIDTH, HEIGHT);
  const range = describeRange(domain);
  return (
    <figure className={styles.curve}>
      <figcaption>
        {series.name} <strong>{formatSignificant(series.last)}</strong>
      </figcaption>
      <svg
        viewBox={`-4 -4 ${WIDTH + 8} ${HEIGHT + 8}`}
        role="img"
        aria-label={`${series.name} per epoch, ${range}`}
        preserveAspectRatio="none"
      >
        <path d={`M0 ${HEIGHT}H${WIDTH}`} className={styles.base} />
        <path d={path} className={styles.line} />
        {dots.map(([x, y]) => (
          <circle key={x} cx={x} cy={y} r={2.5} className={styles.dot} />
        ))}
      </svg>
      <span className={styles.range}>{range}</span>
    </figure>
  );
}

function describeRange(domain: LinePath["domain"]): string {
  if (domain === null) return "unknown";
  const [low, high] = domain.map(formatSignificant);
  return low === high ? `${low} throughout` : `from ${low} to ${high}`;
}
