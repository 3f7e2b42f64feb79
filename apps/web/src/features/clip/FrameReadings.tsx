import { Badge } from "../../components/Badge.tsx";
import { Facts } from "../../components/Facts.tsx";
import { Panel } from "../../components/Panel.tsx";
import { formatClock, formatCount, formatScore, formatSignificant, UNKNOWN } from "../../lib/format.ts";
import { formatLane, LANE_MEANING, LANE_NAME } from "../scoring-run/lane.ts";
import styles from "./FrameReadings.module.css";
import type { FrameScore, FrameView } from "./frame-view.ts";

/** The instrument's readings at the frame in view. */
export function FrameReadings({ view }: { view: FrameView | undefined }) {
  if (!view) return <Panel title="Reading">Fetching …</Panel>;
  const { score } = view;
  const pts = "value" in score && score.value.ptsMs != null ? formatClock(score.value.ptsMs) : undefined;
  return (
    <Panel title={view.name ?? `Frame ${formatCount(view.frame)}`} note={pts}>
      {"value" in score ? <Readings score={score.value} /> : <p className={styles.reason}>{score.missing}</p>}
    </Panel>
  );
}

function Readings({ score }: { score: FrameScore }) {
  const { abnormality = null, reason, isAbnormalInGroundTruth, lanes, mask } = score;
  return (
    <div className={styles.readings}>
      <div className={styles.headline}>
        <span className={styles.value}>{formatScore(abnormality)}</span>
        <span className={styles.name}>abnormality</span>
      </div>
      <div>
        {isAbnormalInGroundTruth == null ? (
          <Badge>No labels</Badge>
        ) : (
          <Badge tone={isAbnormalInGroundTruth ? "truth" : "neutral"}>
            {isAbnormalInGroundTruth ? "Abnormal in ground truth" : "Normal in ground truth"}
          </Badge>
        )}
      </div>
      {reason ? <p className={styles.reason}>{reason}</p> : null}
      <Facts
        isLedger
        facts={[
          ...lanes
            .filter(({ lane }) => lane !== "ABNORMALITY")
            .map(({ lane, value }) => ({
              name: LANE_NAME[lane],
              value: <span title={LANE_MEANING[lane]}>{formatLane(lane, value)}</span>,
            })),
          {
            name: "Flagged regions",
            value: mask
              ? `${formatCount(mask.regions.length)}, ${formatSignificant((mask.areaPx / (mask.width * mask.height)) * 100)} % of the area`
              : abnormality === null
                ? UNKNOWN
                : "none",
          },
        ]}
      />
    </div>
  );
}
