// Which origins may change something with a session's cookie: the server's own.
import type { NextFunction, Request, Response } from "express";

/** The origin of `baseUrl`; on a loopback address, also under its other name. */
export function trustedOrigins(baseUrl: string): string[] {
  const url = new URL(baseUrl);
  const port = url.port === "" ? "" : `:${url.port}`;
  const loopback: Readonly<Record<string, string>> = { localhost: "127.0.0.1", "127.0.0.1": "localhost" };
  const twin = loopback[url.hostname];
  return twin === undefined ? [url.origin] : [url.origin, `${url.protocol}//${twin}${port}`];
}

/** Refuses what another site's page sends with the viewer's cookie. A request with a key carries no such danger. */
export function requireTrustedOrigin(baseUrl: string) {
  const trusted = new Set(trustedOrigins(baseUrl));
  return (req: Request, res: Response, next: NextFunction): void => {
    const isReading = req.method === "GET" || req.method === "HEAD" || req.method === "OPTIONS";
    const { origin, cookie } = req.headers;
    const site = req.headers["sec-fetch-site"];
    const isForeign =
      origin === undefined
        ? site !== undefined && site !== "same-origin" && site !== "none"
        : !trusted.has(origin);
    if (isReading || cookie === undefined || !isForeign) next();
    else res.status(403).json({ error: "This origin may not use the session." });
  };
}
