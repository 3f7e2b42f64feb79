// Projects, and who may work in them.
import type { Database } from "./database.ts";
import type { Member, Project } from "./generated/prisma/client.ts";

export interface NewProject {
  readonly organizationId: string;
  readonly name: string;
  readonly slug: string;
}

/** The organization's project of this slug, made where it is missing. */
export async function ensureProject(db: Database, project: NewProject): Promise<Project> {
  const { organizationId, slug } = project;
  await db.prisma.project.createMany({ data: [project], skipDuplicates: true });
  return db.prisma.project.findUniqueOrThrow({ where: { organizationId_slug: { organizationId, slug } } });
}

/** null where there is no such project, or the user is no member of its organization. */
export function findProjectOfUser(db: Database, userId: string, projectId: string): Promise<Project | null> {
  return db.prisma.project.findFirst({
    where: { id: projectId, organization: { members: { some: { userId } } } },
  });
}

/** By name. */
export function listProjectsOfUser(db: Database, userId: string): Promise<Project[]> {
  return db.prisma.project.findMany({
    where: { organization: { members: { some: { userId } } } },
    orderBy: [{ name: "asc" }, { id: "asc" }],
  });
}

/** The user's membership in the project's organization: the role is on it. */
export function findProjectMember(db: Database, userId: string, projectId: string): Promise<Member | null> {
  return db.prisma.member.findFirst({
    where: { userId, organization: { projects: { some: { id: projectId } } } },
  });
}
