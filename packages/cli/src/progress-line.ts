// Progress of long work: one line that rewrites itself in a terminal, a line every few seconds in a log.

const LOG_INTERVAL_MS = 10_000;
const TERMINAL_INTERVAL_MS = 100;

export interface ProgressLine {
  /** `phase` starts a new line when it changes */
  update(phase: string, text: string): void;
  /** Leaves the last text standing. */
  end(): void;
}

export function createProgressLine(
  stream: NodeJS.WriteStream = process.stderr,
  now: () => number = () => performance.now(),
): ProgressLine {
  let phase: string | null = null;
  let last = "";
  let shown = "";
  let shownAt = Number.NEGATIVE_INFINITY;
  const draw = (text: string) => {
    if (text === shown) return;
    if (stream.isTTY) stream.write(`\r\x1b[2K${text.slice(0, (stream.columns || 80) - 1)}`);
    else stream.write(`${text}\n`);
    shown = text;
    shownAt = now();
  };
  const finishLine = () => {
    if (phase === null) return;
    draw(last);
    if (stream.isTTY) stream.write("\n");
  };
  return {
    update(nextPhase, text) {
      if (nextPhase !== phase) {
        finishLine();
        phase = nextPhase;
        shownAt = Number.NEGATIVE_INFINITY;
      }
      last = text;
      if (now() - shownAt >= (stream.isTTY ? TERMINAL_INTERVAL_MS : LOG_INTERVAL_MS)) draw(text);
    },
    end() {
      finishLine();
      phase = null;
    },
  };
}
