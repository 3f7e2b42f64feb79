import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, describe, expect, it } from "vitest";
import { createEngramClient } from "./client.ts";
import { EngramApiError, requireSuccess } from "./errors.ts";
import { projectQuery } from "./operations/project.ts";
import { viewerQuery } from "./operations/viewer.ts";

type Handler = (req: IncomingMessage, res: ServerResponse, body: string) => void;
const servers: Server[] = [];

async function serve(handler: Handler): Promise<string> {
  const server = createServer((req, res) => {
    void text(req).then((body) => handler(req, res, body));
  });
  servers.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const json = (res: ServerResponse, status: number, body: unknown) =>
  res.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));

async function failureOf(work: Promise<unknown>): Promise<EngramApiError> {
  const err: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (err instanceof EngramApiError) return err;
  throw new Error("It did not fail with an EngramApiError.");
}

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  }
});

describe("request", () => {
  it("sends the document, its variables and the key, and gives the data", async () => {
    let seen: { path?: string; authorization?: string; variables?: unknown } = {};
    const baseUrl = await serve((req, res, body) => {
      const { variables } = JSON.parse(body) as { variables: unknown };
      seen = { path: req.url ?? "", authorization: req.headers.authorization ?? "", variables };
      json(res, 200, { data: { project: null } });
    });
    const client = createEngramClient({ baseUrl, apiKey: "secret" });
    expect(await client.request(projectQuery, { slug: "main" })).toEqual({ project: null });
    expect(seen).toEqual({ path: "/graphql", authorization: "Bearer secret", variables: { slug: "main" } });
  });

  it("maps what the server says of a failure to a code of the house", async () => {
    const answers = [
      { status: 200, extensions: { code: "LIMIT_EXCEEDED" }, expected: "LIMIT_EXCEEDED" },
      { status: 400, extensions: { code: "GRAPHQL_VALIDATION_FAILED" }, expected: "BAD_INPUT" },
      { status: 200, extensions: { code: "SOMETHING_NEW" }, expected: "INTERNAL" },
    ];
    for (const { status, extensions, expected } of answers) {
      const baseUrl = await serve((_req, res) =>
        json(res, status, { data: null, errors: [{ message: "No.", extensions }] }),
      );
      const err = await failureOf(createEngramClient({ baseUrl }).request(viewerQuery));
      expect([err.code, err.message]).toEqual([expected, "No."]);
    }
  });

  it("says that a server which does not answer, or not in GraphQL, is unavailable", async () => {
    const baseUrl = await serve((_req, res) => res.writeHead(502).end("bad gateway"));
    expect((await failureOf(createEngramClient({ baseUrl }).request(viewerQuery))).code).toBe("UNAVAILABLE");
    const closed = createEngramClient({ baseUrl: "http://127.0.0.1:1" });
    expect((await failureOf(closed.request(viewerQuery))).code).toBe("UNAVAILABLE");
  });
});

describe("fetchMedia", () => {
  it("keeps the key from other servers, and turns a status into a code", async () => {
    const seen: (string | undefined)[] = [];
    const handler: Handler = (req, res) => {
      seen.push(req.headers.authorization);
      res.writeHead(req.url === "/there" ? 200 : 404).end("bytes");
    };
    const [ours, theirs] = [await serve(handler), await serve(handler)];
    const client = createEngramClient({ baseUrl: ours, apiKey: "secret" });
    expect(await (await client.fetchMedia("/there")).text()).toBe("bytes");
    await client.fetchMedia(`${theirs}/there`);
    expect(seen).toEqual(["Bearer secret", undefined]);
    expect((await failureOf(client.fetchMedia("/missing"))).code).toBe("NOT_FOUND");
  });
});

describe("projectEvents", () => {
  const event = (cursor: string) =>
    `event: next\ndata: ${JSON.stringify({ data: { projectEvents: { cursor, job: { id: "j" } } } })}\n\n`;

  it("goes on behind the last cursor when the connection breaks, until it is aborted", async () => {
    const resumedBehind: unknown[] = [];
    const baseUrl = await serve((_req, res, body) => {
      const { variables } = JSON.parse(body) as { variables: { after?: string } };
      resumedBehind.push(variables.after);
      res.writeHead(200, { "content-type": "text/event-stream" });
      if (resumedBehind.length > 1) return void res.write(event("3"));
      res.write(event("1") + event("2"), () => setImmediate(() => res.destroy()));
    });
    const control = new AbortController();
    const cursors: string[] = [];
    const { signal } = control;
    for await (const { cursor } of createEngramClient({ baseUrl }).projectEvents("p", {
      after: "0",
      signal,
    })) {
      cursors.push(cursor);
      if (cursor === "3") control.abort();
    }
    expect(cursors).toEqual(["1", "2", "3"]);
    expect(resumedBehind).toEqual(["0", "2"]);
  });

  it("does not insist where the server refuses", async () => {
    const baseUrl = await serve((_req, res) => res.writeHead(401).end());
    const follow = async () => {
      for await (const _ of createEngramClient({ baseUrl }).projectEvents("p"))
        throw new Error("An event came.");
    };
    expect((await failureOf(follow())).code).toBe("UNAUTHENTICATED");
  });
});

describe("requireSuccess", () => {
  it("throws the first failure of a payload and lets the others through", () => {
    const payload = {
      job: null,
      userErrors: [{ message: "No clips.", field: "x", code: "NO_TRAINING_CLIPS" }],
    };
    expect(() => requireSuccess(payload)).toThrow(
      expect.objectContaining({ code: "NO_TRAINING_CLIPS", field: "x" }),
    );
    expect(requireSuccess({ job: 1, userErrors: [] })).toEqual({ job: 1, userErrors: [] });
  });
});
