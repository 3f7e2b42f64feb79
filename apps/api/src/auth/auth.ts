// Accounts by better-auth: sessions in cookies, one-time sign-in links, organizations, API keys. Links and keys are
// stored hashed. Nobody can sign up, or ask for a link, from outside.
import { AsyncLocalStorage } from "node:async_hooks";
import { apiKey } from "@better-auth/api-key";
import type { Database } from "@engram/db";
import { betterAuth } from "better-auth";
import { prismaAdapter } from "better-auth/adapters/prisma";
import { magicLink } from "better-auth/plugins/magic-link";
import { organization } from "better-auth/plugins/organization";
import { type ApiConfig, type ApiLog, DEFAULT_SIGN_IN_LINK_SECONDS } from "../config.ts";
import { trustedOrigins } from "./origins.ts";

export const AUTH_PATH = "/api/auth";
export const VERIFY_LINK_PATH = `${AUTH_PATH}/magic-link/verify`;
export const SIGN_OUT_PATH = `${AUTH_PATH}/sign-out`;

/** Filled with the link that is being made, by the call that asked for it. */
const linkBeingMade = new AsyncLocalStorage<{ url: string | null }>();

export function createAuth(database: Database, config: ApiConfig, log: ApiLog) {
  return betterAuth({
    baseURL: config.baseUrl,
    basePath: AUTH_PATH,
    secret: config.secret,
    trustedOrigins: trustedOrigins(config.baseUrl),
    database: prismaAdapter(database.prisma, { provider: "postgresql" }),
    telemetry: { enabled: false },
    // It takes every wrong key for an error; a stranger shall not fill the log.
    logger: { level: "error", log: (level, message) => log.info({ level }, message) },
    // Counted by address in front of this, for every path alike.
    rateLimit: { enabled: false },
    advanced: { database: { generateId: false }, cookiePrefix: "engram" },
    plugins: [
      magicLink({
        storeToken: "hashed",
        disableSignUp: true,
        expiresIn: config.signInLinkSeconds ?? DEFAULT_SIGN_IN_LINK_SECONDS,
        sendMagicLink: ({ url }) => {
          const made = linkBeingMade.getStore();
          if (made) made.url = url;
        },
      }),
      organization({ allowUserToCreateOrganization: false }),
      apiKey({
        defaultPrefix: "engram_",
        // The prefix and enough behind it to tell one key from another in a list.
        startingCharactersConfig: { charactersLength: 12 },
        requireName: true,
        rateLimit: { enabled: false },
      }),
    ],
  });
}

export type Auth = ReturnType<typeof createAuth>;

/** A link that signs the user in once. `callbackPath` is where the browser lands. */
export async function createSignInLink(auth: Auth, email: string, callbackPath: string): Promise<string> {
  const made: { url: string | null } = { url: null };
  await linkBeingMade.run(made, () =>
    auth.api.signInMagicLink({
      body: { email, callbackURL: callbackPath, errorCallbackURL: "/sign-in" },
      headers: new Headers(),
    }),
  );
  if (made.url === null) throw new Error("No sign-in link was made.");
  return made.url;
}
