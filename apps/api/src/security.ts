// What stands in front of every route: headers, limits by address, and an answer without secrets where one fails.
import type { NextFunction, Request, RequestHandler, Response } from "express";
import { rateLimit } from "express-rate-limit";
import helmet from "helmet";
import { type ApiConfig, type ApiLog, DEFAULT_SIGN_INS_PER_MINUTE } from "./config.ts";

const MINUTE_MS = 60_000;
const REQUESTS_PER_MINUTE = 6000;

/** Also for the pages, which are served by the same app: they run the scripts of their own server. */
export function securityHeaders(baseUrl: string): RequestHandler {
  const isHttps = baseUrl.startsWith("https:");
  return helmet({
    strictTransportSecurity: isHttps,
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        // Next.js hands its pages their data in inline scripts.
        scriptSrc: ["'self'", "'unsafe-inline'"],
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", "data:", "blob:"],
        fontSrc: ["'self'", "data:"],
        connectSrc: ["'self'"],
        objectSrc: ["'none'"],
        baseUri: ["'self'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
  });
}

/** @param limit a minute, by one address */
export function limitRequests(limit = REQUESTS_PER_MINUTE): RequestHandler {
  return rateLimit({
    windowMs: MINUTE_MS,
    limit,
    standardHeaders: "draft-8",
    legacyHeaders: false,
  });
}

/** Guessing a token is hopeless anyway; this keeps it from being tried. */
export function limitSignIns(config: ApiConfig): RequestHandler {
  return rateLimit({
    windowMs: MINUTE_MS,
    limit: config.signInsPerMinute ?? DEFAULT_SIGN_INS_PER_MINUTE,
    standardHeaders: "draft-8",
    legacyHeaders: false,
    message: { error: "Too many attempts to sign in: wait a minute." },
  });
}

/** The last resort: says that it failed, and logs why. */
export function handleFailure(log: ApiLog) {
  return (err: unknown, req: Request, res: Response, next: NextFunction): void => {
    if (res.headersSent) {
      next(err);
      return;
    }
    const status = statusOf(err);
    if (status >= 500) log.error({ err, path: req.path }, "A request failed unexpectedly.");
    res
      .status(status)
      .json({ error: status >= 500 ? "Something went wrong on the server." : "The request is malformed." });
  };
}

/** Faults of the request itself (too long, not JSON) say so by their status. */
function statusOf(err: unknown): number {
  const status = err instanceof Error && "status" in err ? err.status : 500;
  return typeof status === "number" && status >= 400 && status < 500 ? status : 500;
}
