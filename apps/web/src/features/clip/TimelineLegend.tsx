import type { TimelineFieldsFragment } from "@engram/sdk";
import { formatScore } from "../../lib/format.ts";
import styles from "./TimelineLegend.module.css";

/** What the marks mean: only those that can be seen. */
export function TimelineLegend({ timeline }: { timeline: TimelineFieldsFragment }) {
  const { framesPerPoint, enterThreshold, leaveThreshold, events, groundTruth, gaps, isComplete } = timeline;
  return (
    <ul className={styles.legend} aria-label="Legend">
      <li data-mark="signal">
        {framesPerPoint > 1 ? `mean and range of ${framesPerPoint} frames` : "each frame"}
      </li>
      {enterThreshold == null ? null : (
        <li data-mark="enter">an event opens at {formatScore(enterThreshold)}</li>
      )}
      {leaveThreshold == null ? null : <li data-mark="leave">closes below {formatScore(leaveThreshold)}</li>}
      {events.length === 0 ? null : <li data-mark="event">event</li>}
      {groundTruth == null ? (
        <li>no ground truth</li>
      ) : groundTruth.length > 0 ? (
        <li data-mark="truth">ground truth</li>
      ) : null}
      {gaps.length === 0 ? null : <li data-mark="gap">not scored</li>}
      {isComplete ? null : <li>scoring goes on</li>}
    </ul>
  );
}
