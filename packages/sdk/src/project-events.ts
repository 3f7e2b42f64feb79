// The live stream of a project, as an endless iteration: a lost connection is taken up again behind the last cursor.
import { print } from "graphql";
import { type Client, type ExecutionResult, NetworkError } from "graphql-sse";
import { EngramApiError, fromAnswer, toApiError } from "./errors.ts";
import type { ProjectEventsSubscription } from "./generated/graphql.ts";
import { projectEventsSubscription } from "./operations/job.ts";

export type ProjectEvent = ProjectEventsSubscription["projectEvents"];

export interface ProjectEventsOptions {
  /** resume behind this cursor */
  readonly after?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** told whenever the stream is (re-)established or lost: what was shown meanwhile may be stale */
  readonly onConnection?: (isConnected: boolean) => void;
}

const query = print(projectEventsSubscription);
const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 15_000;

/** Ends when `signal` aborts. @throws EngramApiError where the server refuses the subscription */
export async function* iterateProjectEvents(
  stream: Client,
  projectId: string,
  { after, signal, onConnection }: ProjectEventsOptions,
): AsyncGenerator<ProjectEvent, void, undefined> {
  let cursor = after;
  let delayMs = FIRST_DELAY_MS;
  while (!signal?.aborted) {
    const results = stream.iterate<ProjectEventsSubscription>(
      { query, operationName: "ProjectEvents", variables: { projectId, after: cursor } },
      { connected: () => onConnection?.(true) },
    );
    const stop = () => void results.return?.();
    signal?.addEventListener("abort", stop, { once: true });
    try {
      for await (const result of results) {
        const event = eventOf(result);
        cursor = event.cursor;
        delayMs = FIRST_DELAY_MS;
        yield event;
      }
    } catch (err) {
      if (!isLostConnection(err)) throw toApiError(err);
    } finally {
      signal?.removeEventListener("abort", stop);
      stop();
    }
    onConnection?.(false);
    await pause(delayMs, signal);
    delayMs = Math.min(delayMs * 2, LONGEST_DELAY_MS);
  }
}

function eventOf(result: ExecutionResult<ProjectEventsSubscription, unknown>): ProjectEvent {
  if (result.errors?.length) throw fromAnswer({ errors: result.errors });
  if (!result.data)
    throw new EngramApiError("INTERNAL", "The event stream sent neither an event nor an error.");
  return result.data.projectEvents;
}

/** Refusals (401, 403, …) are answers; only a broken line or an unwell server is worth another try. */
function isLostConnection(err: unknown): boolean {
  if (!(err instanceof NetworkError)) return false;
  const status = err.response?.status;
  return status === undefined || status === 429 || status >= 500;
}

function pause(delayMs: number, signal: AbortSignal | undefined): Promise<void> {
  if (signal?.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, delayMs);
    signal?.addEventListener("abort", done, { once: true });
  });
}
