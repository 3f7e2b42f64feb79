import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findLocalServer } from "./local-server.ts";

describe("the server of a data folder", () => {
  let folder: string;
  const note = (text: string) => writeFile(join(folder, "server.json"), text);
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "engram-local-"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it.each(["", '{"pid": 1, "baseU', "[]", '{"pid": 1}'])("is none where its file holds %j", async (text) => {
    await note(text);
    expect(await findLocalServer(folder)).toBeNull();
  });

  it("is none where nothing answers, or it does not answer well", async () => {
    let status = 503;
    const http = createServer((_req, res) => res.writeHead(status).end()).listen(0, "127.0.0.1");
    await new Promise((resolve) => http.once("listening", resolve));
    const server = {
      pid: 1,
      baseUrl: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
      controlToken: "token",
    };
    await note(JSON.stringify(server));
    expect(await findLocalServer(folder)).toBeNull();
    status = 200;
    expect(await findLocalServer(folder)).toEqual(server);
    http.closeAllConnections();
    await new Promise((resolve) => http.close(resolve));
    expect(await findLocalServer(folder)).toBeNull();
  });
});
