// Uploads: sent by tus, completed once, then read by jobs of the kind that they are for.
import { AppError, type UploadPurpose } from "@engram/core";
import type { Database } from "./database.ts";
import type { Upload } from "./generated/prisma/client.ts";

export interface NewUpload {
  readonly organizationId: string;
  readonly projectId: string;
  readonly createdById: string;
  readonly fileName: string;
  readonly purpose: UploadPurpose;
}

export function createUpload(db: Database, upload: NewUpload): Promise<Upload> {
  return db.prisma.upload.create({ data: upload });
}

export function findUpload(db: Database, projectId: string, id: string): Promise<Upload | null> {
  return db.prisma.upload.findUnique({ where: { id, projectId } });
}

/** Once; again with the same bytes changes nothing. @throws AppError NOT_FOUND, CONFLICT (other bytes) */
export async function completeUpload(
  db: Database,
  projectId: string,
  id: string,
  bytes: { readonly blobHash: string; readonly sizeBytes: number },
): Promise<Upload> {
  const [completed] = await db.prisma.upload.updateManyAndReturn({
    where: { id, projectId, completedAt: null },
    data: { ...bytes, completedAt: new Date() },
  });
  if (completed !== undefined) return completed;
  const found = await findUpload(db, projectId, id);
  if (found === null) throw new AppError("NOT_FOUND", "There is no such upload.");
  if (found.blobHash === bytes.blobHash) return found;
  throw new AppError("CONFLICT", "The upload was completed before, with other bytes.");
}
