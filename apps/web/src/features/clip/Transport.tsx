import { Button } from "../../components/Button.tsx";
import { formatCount } from "../../lib/format.ts";
import styles from "./Transport.module.css";

interface TransportProps {
  readonly frame: number;
  readonly frameCount: number;
  readonly isPlaying: boolean;
  readonly onToggle: () => void;
  readonly onFrame: (frame: number) => void;
}

export function Transport({ frame, frameCount, isPlaying, onToggle, onFrame }: TransportProps) {
  const last = frameCount - 1;
  return (
    <div className={styles.transport} role="toolbar" aria-label="Playback">
      <Button
        size="small"
        aria-label="Previous frame"
        disabled={frame === 0}
        onClick={() => onFrame(frame - 1)}
      >
        <Icon path="M10 3 5 8l5 5" />
      </Button>
      <Button
        size="small"
        aria-label={isPlaying ? "Pause" : "Play"}
        aria-keyshortcuts="Space"
        onClick={onToggle}
      >
        <Icon path={isPlaying ? "M5.500 3v10M10.500 3v10" : "M5 3v10l8-5z"} />
      </Button>
      <Button
        size="small"
        aria-label="Next frame"
        disabled={frame === last}
        onClick={() => onFrame(frame + 1)}
      >
        <Icon path="M6 3l5 5-5 5" />
      </Button>
      <input
        className={styles.scrubber}
        type="range"
        min={0}
        max={last}
        step={1}
        value={frame}
        aria-label="Frame"
        aria-valuetext={`Frame ${frame} of ${last}`}
        onChange={(event) => onFrame(event.target.valueAsNumber)}
      />
      <span className={styles.position}>
        {formatCount(frame)} <span>/ {formatCount(last)}</span>
      </span>
      <span className={styles.keys}>
        <kbd>←</kbd> <kbd>→</kbd> step, <kbd>Space</kbd> play, <kbd>N</kbd> <kbd>P</kbd> events
      </span>
    </div>
  );
}

function Icon({ path }: { path: string }) {
  return (
    <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true" className={styles.icon}>
      <path d={path} />
    </svg>
  );
}
