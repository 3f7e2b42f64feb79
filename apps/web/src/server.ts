// The public entry of the web app: a request handler that another server mounts behind its own routes.
import { existsSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { fileURLToPath } from "node:url";
import { AppError } from "@engram/core";
import next from "next";

export interface WebHandler {
  handle(req: IncomingMessage, res: ServerResponse): Promise<void>;
  close(): Promise<void>;
}

export interface WebHandlerOptions {
  /** compile on demand instead of serving what `npm run build` made */
  readonly dev?: boolean;
  readonly hostname?: string;
  readonly port?: number;
}

const dir = fileURLToPath(new URL("..", import.meta.url));

/** @throws AppError UNAVAILABLE where the web app was not built */
export async function createWebHandler(options: WebHandlerOptions = {}): Promise<WebHandler> {
  const { dev = false, hostname, port } = options;
  if (!dev && !existsSync(fileURLToPath(new URL("../.next/BUILD_ID", import.meta.url)))) {
    throw new AppError("UNAVAILABLE", 'The web app is not built: run "npm run build" first.');
  }
  const app = next({
    dev,
    dir,
    ...(hostname === undefined ? {} : { hostname }),
    ...(port === undefined ? {} : { port }),
  });
  await app.prepare();
  const handle = app.getRequestHandler();
  return { handle: (req, res) => handle(req, res), close: () => app.close() };
}
