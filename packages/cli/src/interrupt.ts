// Ctrl-C, SIGTERM, a closed terminal: what the command has begun (a server of its own, a temporary archive) is undone
// before it ends. Signals that come meanwhile change nothing: a terminal and npm send one each.

type Undo = () => Promise<unknown>;

const EXIT_CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
const begun: Undo[] = [];
let interrupted = false;

/** Calls `undo` should the command be interrupted. The result takes that back, once the command has done it itself. */
export function undoOnInterrupt(undo: Undo): () => void {
  begun.push(undo);
  return () => {
    const place = begun.indexOf(undo);
    if (place >= 0) begun.splice(place, 1);
  };
}

/** Whether an error is only what the interruption broke. */
export const isInterrupted = (): boolean => interrupted;

export function handleInterrupts(): void {
  for (const [signal, code] of Object.entries(EXIT_CODES)) {
    process.on(signal, () => {
      if (!interrupted) void undoAndExit(code);
    });
  }
}

async function undoAndExit(code: number): Promise<void> {
  interrupted = true;
  for (const undo of begun.toReversed()) await undo().catch(() => undefined);
  process.exit(code);
}
