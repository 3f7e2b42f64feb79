// The address is taken before the API exists, because links and cookies need what came out; until the rest is up,
// it says so.
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { AppError } from "@engram/core";
import express, { type Express, type NextFunction, type Request, type Response } from "express";
import type { Logger } from "pino";
import type { LauncherConfig } from "./env.ts";

export interface Listener {
  readonly app: Express;
  readonly baseUrl: string;
  /** Everything is mounted: requests are let in. */
  open(log: Logger): void;
  close(): Promise<void>;
}

type Address = Pick<LauncherConfig, "host" | "port" | "baseUrl">;

/** @throws AppError PORT_IN_USE; BAD_INPUT where the address is none of this machine's, or not for this account */
export async function listen({ host, port, baseUrl }: Address): Promise<Listener> {
  const app = express();
  app.disable("x-powered-by");
  let isOpen = false;
  app.use((_req, res, next) => {
    if (isOpen) next();
    else res.status(503).set("retry-after", "1").type("text").send("Engram is starting.\n");
  });
  const server = createServer(app);
  server.listen(port, host);
  await once(server, "listening").catch((err: NodeJS.ErrnoException) => {
    throw describeFailure(err, host, port);
  });
  const address = server.address();
  const takenPort = typeof address === "object" && address ? address.port : port;
  return {
    app,
    baseUrl: baseUrl ?? baseUrlOf(host, takenPort),
    open(log) {
      app.use(answerFailure(log));
      isOpen = true;
    },
    close: () => closeServer(server),
  };
}

/** Where a browser on this machine finds the server. */
export function baseUrlOf(host: string, port: number): string {
  const isLocal = host === "0.0.0.0" || host === "::" || host === "127.0.0.1";
  const name = isLocal ? "localhost" : host.includes(":") ? `[${host}]` : host;
  return `http://${name}:${port}`;
}

function describeFailure(err: NodeJS.ErrnoException, host: string, port: number): Error {
  switch (err.code) {
    case "EADDRINUSE":
      return new AppError(
        "PORT_IN_USE",
        `Port ${port} is in use: stop what listens there, or choose another with PORT=…`,
      );
    case "EACCES":
      return new AppError("BAD_INPUT", `This account may not listen on port ${port}: choose one above 1023.`);
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return new AppError("BAD_INPUT", `HOST=${host} is no address of this machine.`);
    default:
      return err;
  }
}

/** The last resort for every route and page: Express' own would show the stack. */
function answerFailure(log: Logger) {
  return (err: unknown, req: Request, res: Response, next: NextFunction): void => {
    log.error({ err, path: req.path }, "A request failed unexpectedly.");
    if (res.headersSent) next(err);
    else res.status(500).type("text").send("Something went wrong on the server.\n");
  };
}

async function closeServer(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, "close");
  server.close();
  server.closeAllConnections();
  await closed;
}
