// For vitest's `globalSetup`: one PostgreSQL for all files of a run. Without it each file starts its own.
import { SERVER_URL_VARIABLE } from "./postgres.ts";
import { startTestServer } from "./postgres-server.ts";

export async function setup(): Promise<() => Promise<void>> {
  const server = await startTestServer();
  process.env[SERVER_URL_VARIABLE] = server.url;
  return async () => {
    delete process.env[SERVER_URL_VARIABLE];
    await server.stop();
  };
}
