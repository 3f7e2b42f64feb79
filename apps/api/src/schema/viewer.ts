// Who asks, and what their role in the organization lets them do.
import { type Role, roleSchema } from "@engram/core";

export interface Viewer {
  readonly userId: string;
  readonly email: string;
  readonly name: string;
  readonly organizationId: string;
  readonly organizationName: string;
  readonly role: Role;
}

const RANK: Readonly<Record<Role, number>> = { VIEWER: 0, MEMBER: 1, ADMIN: 2, OWNER: 3 };

export function hasRole(viewer: Viewer | null, least: Role): viewer is Viewer {
  return viewer !== null && RANK[viewer.role] >= RANK[least];
}

/** better-auth keeps roles in lower case, several of them joined by commas: the highest counts; null where none is known. */
export function parseRole(stored: string): Role | null {
  const roles = stored
    .split(",")
    .flatMap((part) => roleSchema.safeParse(part.trim().toUpperCase()).data ?? []);
  return roles.reduce<Role | null>(
    (best, role) => (best === null || RANK[role] > RANK[best] ? role : best),
    null,
  );
}
