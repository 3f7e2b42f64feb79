// Batches laid out beside the steps. ONNX Runtime computes a step in one call that holds its thread: whatever else that
// thread has to do waits for the step, and on a GPU laying a batch out can take as long as the step itself.
import { Worker } from "node:worker_threads";
import type { AssemblyJob, BatchAssembler } from "./batch-assembly.ts";
import type { WindowBatch } from "./frames.ts";

const THREAD = new URL("./assembly-thread.mjs", import.meta.url);

interface Waiting {
  readonly job: AssemblyJob;
  readonly resolve: (batch: WindowBatch) => void;
  readonly reject: (cause: unknown) => void;
}

/**
 * Up to `threads` of them. The first starts at once, beside whatever the training begins with; each other when all
 * have work and none is still starting: where one keeps up, there is one.
 */
export class AssemblyThreads implements BatchAssembler {
  /** While a step holds the main thread a batch moves on by one stage: read, laid out, ready. */
  readonly depth: number;
  readonly #threads: number;
  readonly #all = new Map<Worker, Waiting | null>();
  readonly #queue: Waiting[] = [];
  /** has not given its first batch yet */
  #starting: Worker | null = null;
  #failure: unknown = null;

  constructor(threads: number) {
    this.#threads = threads;
    this.depth = threads + 2;
    this.#start();
  }

  assemble(job: AssemblyJob): Promise<WindowBatch> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== null) return reject(this.#failure);
      this.#queue.push({ job, resolve, reject });
      this.#serve();
    });
  }

  async close(): Promise<void> {
    // Whatever is still being read must not start a thread anew.
    this.#fail(new Error("Batches are laid out no more: the training is over."));
    await Promise.all([...this.#all.keys()].map((thread) => thread.terminate()));
    this.#all.clear();
  }

  #serve(): void {
    while (this.#queue.length > 0) {
      const thread = this.#idleThread();
      if (thread === null) return;
      const waiting = this.#queue.shift()!;
      this.#all.set(thread, waiting);
      thread.postMessage(waiting.job, [waiting.job.pixels.buffer]);
    }
  }

  #idleThread(): Worker | null {
    for (const [thread, waiting] of this.#all) if (waiting === null) return thread;
    return this.#all.size < this.#threads && this.#starting === null ? this.#start() : null;
  }

  #start(): Worker {
    const thread = new Worker(THREAD, { execArgv: [] });
    thread.on("message", (batch: WindowBatch) => {
      this.#all.get(thread)?.resolve(batch);
      this.#all.set(thread, null);
      if (this.#starting === thread) this.#starting = null;
      this.#serve();
    });
    thread.on("error", (cause) => this.#fail(cause));
    this.#all.set(thread, null);
    this.#starting = thread;
    return thread;
  }

  /** A thread that fails once would fail again: whoever waits is told, and whoever comes. */
  #fail(cause: unknown): void {
    this.#failure = cause;
    const waiting = [...this.#all.values(), ...this.#queue.splice(0)];
    for (const one of waiting) one?.reject(cause);
  }
}
