import { Facts } from "../../components/Facts.tsx";
import { linePath } from "../../components/line-path.ts";
import { Panel } from "../../components/Panel.tsx";
import { formatCount, formatDuration, formatQuantity, formatSignificant } from "../../lib/format.ts";
import styles from "./TrainingCurve.module.css";
import { type CurveSeries, prepareTrainingCurves, type TrainingMetricsColumns } from "./training-curve.ts";

interface TrainingCurveProps {
  readonly metrics: TrainingMetricsColumns & {
    readonly steps: number;
    readonly millisecondsPerStep?: number | null;
    readonly device: string;
    readonly parameterCount: number;
    readonly seconds: readonly number[];
  };
}

export function TrainingCurve({ metrics }: TrainingCurveProps) {
  const { epochs, series } = prepareTrainingCurves(metrics);
  const totalMs = metrics.seconds.reduce((sum, seconds) => sum + seconds, 0) * 1000;
  return (
    <Panel title="Training" note={formatQuantity(epochs.length, "epoch")}>
      <div className={styles.curves}>
        {series.map((one) => (
          <Curve key={one.name} series={one} />
        ))}
      </div>
      <Facts
        facts={[
          { name: "Steps", value: formatCount(metrics.steps) },
          { name: "Time per step", value: formatDuration(metrics.millisecondsPerStep) },
          { name: "All epochs", value: metrics.seconds.length === 0 ? "—" : formatDuration(totalMs) },
          { name: "Parameters", value: formatCount(metrics.parameterCount) },
          { name: "Device", value: metrics.device },
        ]}
      />
    </Panel>
  );
}

const WIDTH = 240;
const HEIGHT = 64;

function Curve({ series }: { series: CurveSeries }) {
  const { path, dots, domain } = linePath(series.values, WIDTH, HEIGHT);
  const range = domain
    ? `from ${formatSignificant(domain[0])} to ${formatSignificant(domain[1])}`
    : "unknown";
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
      <span className={styles.range}>{domain ? range : "—"}</span>
    </figure>
  );
}
