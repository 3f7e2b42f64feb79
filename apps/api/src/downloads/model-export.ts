// The archive of an exported model.
import { exportName } from "@engram/core";
import type { Database } from "@engram/db";
import type { BlobStore } from "@engram/storage";
import { isUuid } from "../schema/global-id.ts";
import type { Download } from "./media.ts";

export async function openModelExport(
  { database, storage }: { readonly database: Database; readonly storage: BlobStore },
  id: unknown,
  organizationId: string,
): Promise<Download | null> {
  if (typeof id !== "string" || !isUuid(id)) return null;
  const found = await database.prisma.modelExport.findUnique({
    where: { id, organizationId },
    select: {
      format: true,
      bundleHash: true,
      sizeBytes: true,
      modelVersion: { select: { number: true, model: { select: { slug: true } } } },
    },
  });
  if (found === null) return null;
  const { model, number } = found.modelVersion;
  return {
    mediaType: "application/x-tar",
    sizeBytes: Number(found.sizeBytes),
    fileName: `${exportName(model.slug, number, found.format)}.tar`,
    body: await storage.open(found.bundleHash),
  };
}
