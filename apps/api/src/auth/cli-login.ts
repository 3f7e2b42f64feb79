// How the command line signs in: the token of a one-time link for an API key. The session that the link opens on the
// way is closed again.
import type { Database } from "@engram/db";
import { isAPIError } from "better-auth/api";
import type { Request, Response } from "express";
import { z } from "zod";
import type { Auth } from "./auth.ts";

export const CLI_LOGIN_PATH = "/api/cli/login";
const bodySchema = z.object({ token: z.string().min(1).max(200) });

export function cliLogin(auth: Auth, database: Database) {
  return async (req: Request, res: Response): Promise<void> => {
    res.set("cache-control", "no-store");
    const body = bodySchema.safeParse(req.body);
    const user = body.success ? await consumeToken(auth, body.data.token) : null;
    if (user === null) {
      res
        .status(401)
        .json({ error: "The sign-in link is not valid: it works once, and for a limited time." });
      return;
    }
    const project = await database.prisma.project.findFirst({
      where: { organization: { members: { some: { userId: user.id } } } },
      orderBy: { id: "asc" },
      select: { slug: true },
    });
    const created = await auth.api.createApiKey({ body: { userId: user.id, name: "engram command line" } });
    res.json({ apiKey: created.key, email: user.email, projectSlug: project?.slug ?? null });
  };
}

async function consumeToken(auth: Auth, token: string): Promise<{ id: string; email: string } | null> {
  try {
    const signedIn = await auth.api.magicLinkVerify({ query: { token }, headers: new Headers() });
    const { internalAdapter } = await auth.$context;
    await internalAdapter.deleteSession(signedIn.token);
    return { id: signedIn.user.id, email: signedIn.user.email };
  } catch (err) {
    // A token that is unknown, used or too old is answered by a redirect to an error page.
    if (isAPIError(err)) return null;
    throw err;
  }
}
