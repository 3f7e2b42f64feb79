import type { ErrorMapKind } from "@engram/sdk";
import { Panel } from "../../components/Panel.tsx";
import { formatCount, formatQuantity, formatSignificant } from "../../lib/format.ts";
import { ErrorKindSelect } from "./ErrorKindSelect.tsx";
import type { FrameView } from "./frame-view.ts";
import styles from "./HistogramPanel.module.css";
import { type HistogramChart, prepareHistogram } from "./histogram-chart.ts";

interface HistogramPanelProps {
  readonly view: FrameView | undefined;
  /** error from which on the run flags a pixel */
  readonly threshold: number | null;
  readonly kind: ErrorMapKind;
  readonly onKind: (kind: ErrorMapKind) => void;
}

/** How the frame's pixel errors are distributed: an anomaly is a longer tail to the right. */
export function HistogramPanel({ view, threshold, kind, onKind }: HistogramPanelProps) {
  const score = view && "value" in view.score ? view.score.value : null;
  const isRaw = kind === "RAW";
  const histogram = isRaw ? score?.histogram : score?.correctedHistogram;
  const chart = histogram ? prepareHistogram(histogram) : null;
  const reason = view && "missing" in view.score ? view.score.missing : score?.reason;
  return (
    <Panel
      title="Pixel errors"
      note={chart ? formatQuantity(chart.pixels, "pixel") : undefined}
      actions={<ErrorKindSelect label="Errors of the histogram" kind={kind} onChange={onKind} />}
    >
      {chart ? (
        <Histogram
          chart={chart}
          threshold={isRaw ? threshold : null}
          background={isRaw ? (score?.backgroundError ?? null) : null}
        />
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

interface HistogramProps {
  readonly chart: HistogramChart;
  readonly threshold: number | null;
  /** error up to which a pixel is as wrong as the background */
  readonly background: number | null;
}

function Histogram({ chart, threshold, background }: HistogramProps) {
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
      {background === null ? null : (
        <path d={`M${xOf(chart.xOf(background))} ${TOP}V${TOP + PLOT_HEIGHT}`} className={styles.background}>
          <title>{`background error ${formatSignificant(background)}`}</title>
        </path>
      )}
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
        {`absolute error${linesOf(threshold, background)}`}
      </text>
    </svg>
  );
}

function linesOf(threshold: number | null, background: number | null): string {
  const lines = [
    ...(background === null ? [] : ["solid: background"]),
    ...(threshold === null ? [] : ["dashed: flagged"]),
  ];
  return lines.map((line, index) => `${index === 0 ? "; " : ", "}${line}`).join("");
}
