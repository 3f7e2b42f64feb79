import { claimJob, type Job, requestJobCancel, updateJobProgress } from "@engram/db";
import {
  buildJob,
  buildProject,
  makeTempFolder,
  startTestDatabase,
  type TempFolder,
  type TestDatabase,
} from "@engram/testkit";
import { type Client, createClient } from "graphql-sse";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodeGlobalId } from "../schema/global-id.ts";
import { bearer, startTestApi, type TestApi } from "../testing/test-api.ts";

let database: TestDatabase;
let folder: TempFolder;
let test: TestApi;
let project: { id: string; organizationId: string };

beforeAll(async () => {
  database = await startTestDatabase();
  folder = await makeTempFolder();
  test = await startTestApi({ db: database.db, url: database.url, folder: folder.path });
  project = { id: test.owner.projectId, organizationId: test.owner.organizationId };
});
afterAll(async () => {
  await test.close();
  await database.close();
  await folder.remove();
});

const QUERY = `subscription ($project: ID!, $after: String) {
  projectEvents(projectId: $project, after: $after) { cursor job { number state revision progress { phase done } } } }`;

interface LiveEvent {
  cursor: string;
  job: { number: number; state: string; revision: number; progress: { phase: string; done: number } | null };
}

function clientOf(apiKey: string): Client {
  return createClient({ url: `${test.baseUrl}/graphql/stream`, headers: bearer(apiKey), retryAttempts: 0 });
}

/** A stream that is known to be open: it resumes behind the beginning, so `sentinel` comes at once. */
async function watch(after: string | null, apiKey = test.apiKey, id = project.id) {
  const client = clientOf(apiKey);
  const results = client.iterate<{ projectEvents: LiveEvent }>({
    query: QUERY,
    variables: { project: encodeGlobalId("Project", id), after },
  });
  return {
    async next(): Promise<LiveEvent> {
      const { value } = await results.next();
      if (!value?.data) throw new Error(JSON.stringify(value?.errors ?? "the stream ended"));
      return value.data.projectEvents;
    },
    async until(job: Job, state: string): Promise<LiveEvent> {
      for (;;) {
        const event = await this.next();
        if (event.job.number === job.number && event.job.state === state) return event;
      }
    },
    async end() {
      await results.return?.();
      client.dispose();
    },
  };
}

const BEGINNING = Buffer.from("t:1").toString("base64url");

describe("the live stream of a project", () => {
  it("tells every state of a job, and its progress", async () => {
    const job = await buildJob(database.db, project);
    const stream = await watch(BEGINNING);
    await stream.until(job, "QUEUED");
    const claimed = await claimJob(database.db, job, { workerId: "w" });
    await stream.until(job, "STARTING");
    const figures = { phase: "train", done: 3, total: 10, unit: "steps", etaMs: 5, figures: { loss: 0.5 } };
    await updateJobProgress(database.db, claimed!, figures);
    const event = await stream.until(job, "STARTING");
    expect(event.job.progress).toEqual({ phase: "train", done: 3 });
    await requestJobCancel(database.db, project.id, job.id);
    await stream.until(job, "CANCELING");
    await stream.end();
  });

  it("goes on behind a cursor with what changed meanwhile", async () => {
    const job = await buildJob(database.db, project);
    const first = await watch(BEGINNING);
    const { cursor } = await first.until(job, "QUEUED");
    await first.end();
    await requestJobCancel(database.db, project.id, job.id);
    const second = await watch(cursor);
    const event = await second.until(job, "CANCELED");
    expect(event.job.revision).toBeGreaterThan(0);
    await second.end();
  });

  it("tells nothing of other projects", async () => {
    const stream = await watch(BEGINNING);
    const foreign = await buildJob(database.db, await buildProject(database.db));
    const own = await buildJob(database.db, project);
    const numbers: number[] = [];
    for (let number = -1; number !== own.number; numbers.push(number))
      number = (await stream.next()).job.number;
    expect(numbers).not.toContain(foreign.number);
    await stream.end();
  });

  it("is refused to strangers, and for what is no cursor, with a code", async () => {
    const organization = await database.db.prisma.organization.create({ data: { name: "B", slug: "b" } });
    const stranger = await test.addMember(organization.id, "owner");
    const codes = async (apiKey: string, after: string | null) => {
      const stream = await watch(after, apiKey);
      const failure = await stream.next().then(
        () => "",
        (err: Error) => err.message,
      );
      await stream.end();
      return failure;
    };
    expect(await codes(stranger.apiKey, null)).toContain("NOT_FOUND");
    expect(await codes("engram_wrong", null)).toContain("UNAUTHENTICATED");
    expect(await codes(test.apiKey, "nonsense")).toContain("BAD_INPUT");
  });

  it("serves no queries, which would go past the limits of /graphql", async () => {
    const response = await fetch(`${test.baseUrl}/graphql/stream`, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "text/event-stream", ...bearer(test.apiKey) },
      body: JSON.stringify({ query: "{ viewer { email } }" }),
    });
    expect(await response.text()).toContain("Only subscriptions");
  });
});
