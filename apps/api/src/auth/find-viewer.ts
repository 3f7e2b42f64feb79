// From a request to its viewer: an API key where one is given, else the session's cookie; then the membership.
import type { IncomingHttpHeaders } from "node:http";
import type { Database } from "@engram/db";
import { fromNodeHeaders } from "better-auth/node";
import { parseRole, type Viewer } from "../schema/viewer.ts";
import type { Auth } from "./auth.ts";

/** null where nobody is signed in, or the user belongs to no organization. */
export async function findViewer(
  auth: Auth,
  database: Database,
  headers: IncomingHttpHeaders,
): Promise<Viewer | null> {
  const who = await findUser(auth, headers);
  if (who === null) return null;
  const members = await database.prisma.member.findMany({
    where: { userId: who.userId },
    include: { user: true, organization: true },
    orderBy: [{ createdAt: "asc" }, { id: "asc" }],
  });
  const member = members.find(({ organizationId }) => organizationId === who.organizationId) ?? members[0];
  const role = member && parseRole(member.role);
  if (!member || !role) return null;
  return {
    userId: member.userId,
    email: member.user.email,
    name: member.user.name,
    organizationId: member.organizationId,
    organizationName: member.organization.name,
    role,
  };
}

interface SignedIn {
  readonly userId: string;
  /** the one chosen for the session, where one was */
  readonly organizationId: string | null;
}

async function findUser(auth: Auth, headers: IncomingHttpHeaders): Promise<SignedIn | null> {
  const key = apiKeyOf(headers);
  if (key !== null) {
    const verified = await auth.api.verifyApiKey({ body: { key } });
    return verified.valid && verified.key ? { userId: verified.key.referenceId, organizationId: null } : null;
  }
  if (headers.cookie === undefined) return null;
  const session = await auth.api.getSession({ headers: fromNodeHeaders(headers) });
  if (!session) return null;
  return { userId: session.user.id, organizationId: session.session.activeOrganizationId ?? null };
}

const BEARER = /^Bearer +(\S+)$/i;

function apiKeyOf(headers: IncomingHttpHeaders): string | null {
  const given = headers["x-api-key"];
  if (typeof given === "string") return given;
  return BEARER.exec(headers.authorization ?? "")?.[1] ?? null;
}
