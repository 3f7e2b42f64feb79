import { EventEmitter, once } from "node:events";
import { buildJob, buildProject, startTestDatabase } from "@engram/testkit";
import { v7 as uuidv7 } from "uuid";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { claimJob } from "./job-repository.ts";
import { type Listening, type ListenOptions, listenForChanges } from "./notifications.ts";

const { db, url, close } = await startTestDatabase();
const project = await buildProject(db);
const open: Listening[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((listening) => listening.close()));
});
afterAll(close);

async function listen(options: ListenOptions = {}) {
  const heard = new EventEmitter();
  const errors: Error[] = [];
  const listening = await listenForChanges(
    url,
    { onJob: (id) => heard.emit(id), onError: (err) => errors.push(err) },
    options,
  );
  open.push(listening);
  return { heard, errors, listening };
}

/** Ends every connection that listens, as a restart of the server does. */
const breakConnections = () =>
  db.pool.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE application_name = 'engram-listen' AND datname = current_database()`,
  );

describe("listenForChanges", () => {
  it("tells of a change as it commits", async () => {
    const { heard } = await listen({ pollMs: 3_600_000 });
    const { id } = await buildJob(db, project);
    const told = once(heard, id);
    await claimJob(db, { id }, { workerId: "w" });
    await told;
  });

  it("tells after a broken connection of what was changed meanwhile", async () => {
    const { heard, errors } = await listen({ pollMs: 3_600_000, reconnectMs: 200 });
    const id = uuidv7();
    const told = once(heard, id);
    await breakConnections();
    await buildJob(db, project, { id });
    await told;
    expect(errors).toHaveLength(1);
  });

  it("finds by its poll what no notification told", async () => {
    const { heard } = await listen({ pollMs: 50 });
    const id = uuidv7();
    const made = once(heard, id);
    await buildJob(db, project, { id });
    await made;
    const told = once(heard, id);
    // A change that notifies nobody, as if the notification had been lost.
    await db.pool.query(`UPDATE job SET revision = revision + 1, "changedAt" = now() WHERE id = $1`, [id]);
    await told;
  });

  it("keeps no connection once it is closed", async () => {
    const { listening } = await listen();
    await listening.close();
    const { rows } = await db.pool.query(
      `SELECT 1 FROM pg_stat_activity WHERE application_name = 'engram-listen' AND datname = current_database()`,
    );
    expect(rows).toEqual([]);
  });
});
