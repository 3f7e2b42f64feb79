import { Panel } from "../../components/Panel.tsx";
import { formatCount, formatQuantity, formatSignificant } from "../../lib/format.ts";
import type { FrameView } from "./frame-view.ts";
import styles from "./HistogramPanel.module.css";
import { type HistogramChart, prepareHistogram } from "./histogram-chart.ts";

interface HistogramPanelProps {
  readonly view: FrameView | undefined;
  /** error from which on the run flags a pixel */
  readonly threshold: number | null;
}

/** How the frame's pixel errors are distributed: an anomaly is a longer tail to the right. */
export function HistogramPanel({ view, threshold }: HistogramPanelProps) {
  const score = view && "value" in view.score ? view.score.value : null;
  const chart = score?.histogram ? prepareHistogram(score.histogram) : null;
  const reason = view && "missing" in view.score ? view.score.missing : score?.reason;
  return (
    <Panel title="Pixel errors" note={chart ? formatQuantity(chart.pixels, "pixel") : undefined}>
      {chart ? (
        <Histogram chart={chart} threshold={threshold} />
      ) : (
        <p className={styles.missing}>
          {view ? (reason ?? "No histogram is kept for this frame.") : "Fetching …"}
        </p>
      )}
    </Panel>
  );
}

const WIDTH = 330;
const HEIGHT = 150;
const LEFT = 34;
const BOTTOM = 30;
const TOP = 6;
const PLOT_WIDTH = WIDTH - LEFT - 6;
const PLOT_HEIGHT = HEIGHT - TOP - BOTTOM;

const xOf = (share: number) => LEFT + share * PLOT_WIDTH;
const yOf = (share: number) => TOP + (1 - share) * PLOT_HEIGHT;

function Histogram({ chart, threshold }: { chart: HistogramChart; threshold: number | null }) {
  const highest = chart.bars.at(-1);
  const label = `Histogram of ${formatCount(chart.pixels)} pixel errors, the largest below ${formatSignificant(highest?.highEdge)}`;
  return (
    <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} className={styles.chart} role="img" aria-label={label}>
      {chart.yTicks.map(({ at, label: text }) => (
        <g key={text}>
          <path d={`M${LEFT} ${yOf(at)}H${WIDTH - 6}`} className={styles.grid} />
          <text x={LEFT - 5} y={yOf(at) + 3.5} textAnchor="end">
            {text}
          </text>
        </g>
      ))}
      {chart.bars.map(({ left, right, height, lowEdge, highEdge, count }) => (
        <rect
          key={lowEdge}
          x={xOf(left) + 0.4}
          y={yOf(height)}
          width={Math.max(0.6, (right - left) * PLOT_WIDTH - 0.8)}
          height={height * PLOT_HEIGHT}
          className={styles.bar}
        >
          <title>{`${formatSignificant(lowEdge)} to ${formatSignificant(highEdge)}: ${formatQuantity(count, "pixel")}`}</title>
        </rect>
      ))}
      {threshold === null ? null : (
        <path d={`M${xOf(chart.xOf(threshold))} ${TOP}V${TOP + PLOT_HEIGHT}`} className={styles.threshold} />
      )}
      <path d={`M${LEFT} ${TOP + PLOT_HEIGHT}H${WIDTH - 6}`} className={styles.axis} />
      {chart.xTicks.map(({ at, label: text }) => (
        <text key={text} x={xOf(at)} y={HEIGHT - BOTTOM + 13} textAnchor={at > 0.97 ? "end" : "middle"}>
          {text}
        </text>
      ))}
      <text x={LEFT + PLOT_WIDTH / 2} y={HEIGHT - 3} textAnchor="middle">
        {threshold === null ? "absolute error" : "absolute error; pixels are flagged from the dashed line on"}
      </text>
    </svg>
  );
}
