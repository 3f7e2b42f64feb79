// What the first run makes: an organization with its owner and a project. Later runs find them.
import { AppError } from "@engram/core";
import { type Database, ensureProject } from "@engram/db";
import { slugOf } from "../modules/shared/slug.ts";

export interface Owner {
  readonly email: string;
  readonly name: string;
  readonly organizationName: string;
  readonly projectName: string;
}

export interface Bootstrapped {
  readonly organizationId: string;
  readonly userId: string;
  readonly projectId: string;
}

/** Again changes nothing. */
export async function bootstrapOwner(database: Database, owner: Owner): Promise<Bootstrapped> {
  const { prisma } = database;
  const email = owner.email.toLowerCase();
  const slug = slugOf(owner.organizationName, "organizationName");
  const { organizationId, userId } = await prisma.$transaction(async (tx) => {
    const user = await tx.user.upsert({
      where: { email },
      create: { email, name: owner.name, emailVerified: true },
      update: {},
    });
    const organization = await tx.organization.upsert({
      where: { slug },
      create: { slug, name: owner.organizationName },
      update: {},
    });
    const membership = { organizationId: organization.id, userId: user.id };
    await tx.member.upsert({
      where: { organizationId_userId: membership },
      create: { ...membership, role: "owner" },
      update: {},
    });
    return membership;
  });
  const project = await ensureProject(database, {
    organizationId,
    name: owner.projectName,
    slug: slugOf(owner.projectName, "projectName"),
  });
  return { organizationId, userId, projectId: project.id };
}

/** The address of who has owned an organization longest. @throws AppError NOT_FOUND */
export async function findOwnerEmail(database: Database): Promise<string> {
  const owner = await database.prisma.member.findFirst({
    where: { role: "owner" },
    orderBy: [{ createdAt: "asc" }, { id: "asc" }],
    select: { user: { select: { email: true } } },
  });
  if (owner) return owner.user.email;
  throw new AppError("NOT_FOUND", "Nobody owns this installation yet.");
}
