// Live changes of projects' jobs: one listener on the database for the process, its notifications handed to whoever
// watches the project; each reads the row again. A cursor is the time of the last change seen, by the database's clock.
import { AppError } from "@engram/core";
import {
  type Database,
  findJobAnywhere,
  type Job,
  type Listening,
  listenForChanges,
  listJobsChangedSince,
} from "@engram/db";
import type { ApiLog } from "../config.ts";
import type { ProjectEvent } from "../modules/job/subscriptions.ts";
import type { ApiContext } from "../schema/context.ts";
import type { Viewer } from "../schema/viewer.ts";
import { Mailbox } from "./mailbox.ts";

/** A transaction's clock stands at its beginning, so a change can appear this much after a later one. */
const OVERLAP_MS = 10_000;
const CATCH_UP_PAGE = 500;
const CHECK_MEMBERSHIP_MS = 30_000;

interface Watcher {
  readonly projectId: string;
  readonly mailbox: Mailbox<Job>;
}

export class LiveService {
  readonly #database: Database;
  readonly #log: ApiLog;
  readonly #watchers = new Set<Watcher>();
  #listening: Promise<Listening> | null = null;

  constructor(database: Database, log: ApiLog) {
    this.#database = database;
    this.#log = log;
  }

  /** Ends when the reader goes, the viewer leaves the organization, or the server stops. @throws AppError */
  async projectEvents(
    context: ApiContext,
    projectId: string | null,
    after: string | null,
  ): Promise<AsyncIterableIterator<ProjectEvent>> {
    const { viewer } = context;
    const since = after === null ? null : decodeCursor(after);
    const project =
      viewer &&
      projectId &&
      (await this.#database.prisma.project.findUnique({
        where: { id: projectId, organizationId: viewer.organizationId },
        select: { id: true },
      }));
    if (!project) throw new AppError("NOT_FOUND", "There is no such project.", { field: "projectId" });
    await this.#listen();
    const watcher: Watcher = { projectId: project.id, mailbox: new Mailbox<Job>((job) => job.id) };
    // Watches before it looks back, so that nothing falls between.
    this.#watchers.add(watcher);
    const events = this.#follow(watcher, context, viewer, since);
    return endedBy(events, () => {
      watcher.mailbox.close();
      this.#watchers.delete(watcher);
    });
  }

  async *#follow(
    watcher: Watcher,
    context: ApiContext,
    { userId, organizationId }: Viewer,
    since: Date | null,
  ): AsyncGenerator<ProjectEvent, void, void> {
    const check = setInterval(
      () => void this.#checkMember(watcher, userId, organizationId),
      CHECK_MEMBERSHIP_MS,
    );
    const seen = new Map<string, number>();
    let latest = since ?? new Date(0);
    try {
      if (since !== null) {
        await this.#catchUp(watcher, new Date(since.getTime() - OVERLAP_MS));
      }
      for await (const job of watcher.mailbox) {
        if ((seen.get(job.id) ?? -1) >= job.revision) continue;
        seen.set(job.id, job.revision);
        if (job.changedAt > latest) latest = job.changedAt;
        // The context lives as long as the stream; what it has loaded must not.
        for (const loader of Object.values(context.loaders)) loader.clearAll();
        yield { cursor: encodeCursor(latest), job };
      }
    } finally {
      clearInterval(check);
      this.#watchers.delete(watcher);
    }
  }

  async #catchUp({ projectId, mailbox }: Watcher, since: Date): Promise<void> {
    let from = since;
    for (;;) {
      const jobs = await listJobsChangedSince(this.#database, projectId, from, CATCH_UP_PAGE);
      for (const job of jobs) mailbox.put(job);
      const last = jobs.at(-1);
      if (!last || jobs.length < CATCH_UP_PAGE || last.changedAt <= from) return;
      from = last.changedAt;
    }
  }

  async #checkMember(watcher: Watcher, userId: string, organizationId: string): Promise<void> {
    try {
      const where = { organizationId_userId: { organizationId, userId } };
      if ((await this.#database.prisma.member.findUnique({ where })) === null) watcher.mailbox.close();
    } catch (err) {
      this.#log.warn({ err }, "A stream could not be checked for its reader's membership, and was ended.");
      watcher.mailbox.close();
    }
  }

  #listen(): Promise<Listening> {
    this.#listening ??= listenForChanges(this.#database.url, {
      onJob: (id) => void this.#announce(id),
      onError: (err) =>
        this.#log.warn({ err }, "The listener for changes lost its connection and makes a new one."),
    }).catch((err: unknown) => {
      this.#listening = null;
      throw err;
    });
    return this.#listening;
  }

  async #announce(jobId: string): Promise<void> {
    if (this.#watchers.size === 0) return;
    try {
      const job = await findJobAnywhere(this.#database, jobId);
      if (job === null) return;
      for (const { projectId, mailbox } of this.#watchers) if (projectId === job.projectId) mailbox.put(job);
    } catch (err) {
      this.#log.warn({ err, jobId }, "A changed job could not be read; the listener's poll finds it again.");
    }
  }

  async close(): Promise<void> {
    for (const { mailbox } of this.#watchers) mailbox.close();
    await (await this.#listening?.catch(() => null))?.close();
  }
}

/** A generator that waits cannot be returned from until something comes: `stop` lets it go first. */
function endedBy<T>(generator: AsyncGenerator<T, void, void>, stop: () => void): AsyncIterableIterator<T> {
  return {
    next: () => generator.next(),
    async return() {
      stop();
      await generator.return();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

function encodeCursor(changedAt: Date): string {
  return Buffer.from(`t:${changedAt.getTime()}`, "utf8").toString("base64url");
}

/** @throws AppError BAD_INPUT */
function decodeCursor(cursor: string): Date {
  const [, digits] = /^t:(\d{1,15})$/.exec(Buffer.from(cursor, "base64url").toString("utf8")) ?? [];
  if (digits !== undefined) return new Date(Number(digits));
  throw new AppError("BAD_INPUT", `"after" is no cursor of this stream.`, { field: "after" });
}
