// What a person pastes, the whole one-time link or its token alone, as the address that signs in.

const VERIFY_PATH = "/api/auth/magic-link/verify";

/** null where the text holds no token. Only the token is taken: the link leads to this server in any case. */
export function signInAddress(pasted: string): string | null {
  const token = tokenOf(pasted.trim());
  if (token === null) return null;
  const query = new URLSearchParams({ token, callbackURL: "/datasets", errorCallbackURL: "/sign-in" });
  return `${VERIFY_PATH}?${query}`;
}

function tokenOf(text: string): string | null {
  if (URL.canParse(text)) return new URL(text).searchParams.get("token") || null;
  return /^[\w.~-]{8,512}$/.test(text) ? text : null;
}

/** Why a sign-in failed, in a sentence; null for no failure. */
export function signInFailure(errorCode: string | undefined): string | null {
  if (errorCode === undefined || errorCode === "") return null;
  switch (errorCode.toUpperCase()) {
    case "EXPIRED_TOKEN":
      return "That link has expired. Make a new one and open it within its time.";
    case "INVALID_TOKEN":
    case "ATTEMPTS_EXCEEDED":
      return "That link was already used, or is not one of this server's. A link works once: make a new one.";
    default:
      return "Signing in failed. Make a new link and try again.";
  }
}
