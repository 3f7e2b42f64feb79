// Commands on this machine get sign-in links with the control token of `server.json`.
import { createHash, timingSafeEqual } from "node:crypto";
import { LOCAL_SIGN_IN_PATH } from "@engram/core";
import type { Express } from "express";

const digest = (text: string) => createHash("sha256").update(text).digest();

export function mountLocalSignIn(
  app: Express,
  controlToken: string,
  createSignInLink: () => Promise<string>,
): void {
  const expected = digest(`Bearer ${controlToken}`);
  app.post(LOCAL_SIGN_IN_PATH, async (req, res) => {
    if (!timingSafeEqual(digest(req.headers.authorization ?? ""), expected)) {
      res.status(404).end();
      return;
    }
    res.set("cache-control", "no-store").json({ link: await createSignInLink() });
  });
}
