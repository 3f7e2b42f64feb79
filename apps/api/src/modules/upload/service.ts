// Uploads: a row and a tus file of the same id, until the bytes are complete and become a blob.
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { AppError, MAX_WEIGHTS_BYTES, type UploadPurpose } from "@engram/core";
import { completeUpload, createUpload, type Database, type Upload } from "@engram/db";
import type { BlobStore } from "@engram/storage";
import type { FileStore } from "@tus/file-store";
import { Upload as TusUpload } from "@tus/server";
import type { Viewer } from "../../schema/viewer.ts";

const LONGEST_FILE_NAME = 255;
const SHA256 = /^[0-9a-f]{64}$/;

export interface UploadServiceOptions {
  readonly database: Database;
  readonly storage: BlobStore;
  readonly files: FileStore;
  readonly maxUploadBytes: number;
}

export interface UploadRequest {
  readonly projectId: string | null;
  readonly fileName: string;
  readonly purpose: UploadPurpose;
  readonly sizeBytes: number | null;
}

/** Every method @throws AppError for what the viewer can mend. */
export class UploadService {
  readonly #options: UploadServiceOptions;

  constructor(options: UploadServiceOptions) {
    this.#options = options;
  }

  async create(viewer: Viewer, request: UploadRequest): Promise<Upload> {
    const { projectId, fileName, purpose, sizeBytes } = request;
    this.#checkSize(sizeBytes, purpose);
    if (fileName.length === 0 || fileName.length > LONGEST_FILE_NAME || /[/\\\p{Cc}]/u.test(fileName)) {
      throw new AppError("BAD_INPUT", `A file name has 1 to ${LONGEST_FILE_NAME} characters and no slash.`, {
        field: "fileName",
      });
    }
    const { database, files } = this.#options;
    const { organizationId, userId } = viewer;
    const project =
      projectId && (await database.prisma.project.findUnique({ where: { id: projectId, organizationId } }));
    if (!project) throw new AppError("NOT_FOUND", "There is no such project.", { field: "projectId" });
    const upload = await createUpload(database, {
      organizationId,
      projectId: project.id,
      createdById: userId,
      fileName,
      purpose,
    });
    const size = sizeBytes === null ? {} : { size: sizeBytes };
    await files.create(
      new TusUpload({ id: upload.id, offset: 0, ...size, metadata: { filename: fileName } }),
    );
    return upload;
  }

  #checkSize(sizeBytes: number | null, purpose: UploadPurpose): void {
    if (sizeBytes === null) return;
    const mostBytes = this.#options.maxUploadBytes;
    const maxUploadBytes = purpose === "WEIGHTS" ? Math.min(mostBytes, MAX_WEIGHTS_BYTES) : mostBytes;
    const field = "sizeBytes";
    if (!Number.isSafeInteger(sizeBytes) || sizeBytes < 0) {
      throw new AppError("BAD_INPUT", "sizeBytes must be a whole number of bytes.", { field });
    }
    if (sizeBytes > maxUploadBytes) {
      const what = purpose === "WEIGHTS" ? "A file of weights" : "An upload";
      const sentence = `${what} may have at most ${maxUploadBytes} bytes; this one has ${sizeBytes}.`;
      throw new AppError("LIMIT_EXCEEDED", sentence, { field });
    }
  }

  /** Whether the viewer may send bytes to it: it is theirs to see, and not complete. */
  async isOpen(viewer: Viewer, id: string): Promise<boolean> {
    const { organizationId } = viewer;
    const upload = await this.#options.database.prisma.upload.findUnique({ where: { id, organizationId } });
    return upload !== null && upload.completedAt === null;
  }

  /** Again changes nothing. */
  async complete(viewer: Viewer, id: string | null, sha256: string | null): Promise<Upload> {
    const expected = sha256?.toLowerCase() ?? null;
    if (expected !== null && !SHA256.test(expected)) {
      throw new AppError("BAD_INPUT", "sha256 must be 64 hexadecimal digits.", { field: "sha256" });
    }
    const { database, storage, files } = this.#options;
    const { organizationId } = viewer;
    const upload = id && (await database.prisma.upload.findUnique({ where: { id, organizationId } }));
    if (!upload) throw new AppError("NOT_FOUND", "There is no such upload.", { field: "uploadId" });
    if (upload.blobHash !== null) {
      requireHash(upload, upload.blobHash, expected);
      return upload;
    }
    const file = await this.#requireWholeFile(upload);
    // Looked at before it becomes a blob: one that is refused must not be stored.
    if (expected !== null) requireHash(upload, await hashFile(file), expected);
    const blob = await storage.putFile(file);
    const completed = await completeUpload(database, upload.projectId, upload.id, {
      blobHash: blob.hash,
      sizeBytes: blob.sizeBytes,
    });
    // Done is done: bytes that another completion removed first, or that stay, expire.
    await files.remove(upload.id).catch(() => undefined);
    return completed;
  }

  async #requireWholeFile(upload: Upload): Promise<string> {
    const { files } = this.#options;
    const sent = await files.getUpload(upload.id).catch(() => null);
    if (sent === null) {
      throw new AppError("NOT_FOUND", `The bytes of "${upload.fileName}" have expired: upload it again.`, {
        field: "uploadId",
      });
    }
    if (sent.size !== undefined && sent.offset === sent.size) return join(files.directory, upload.id);
    const total = sent.size === undefined ? "" : ` of ${sent.size}`;
    throw new AppError("CONFLICT", `The upload is not complete: ${sent.offset}${total} bytes have come.`, {
      field: "uploadId",
    });
  }
}

function requireHash(upload: Upload, actual: string, expected: string | null): void {
  if (expected === null || actual === expected) return;
  throw new AppError(
    "BAD_INPUT",
    `"${upload.fileName}" came with sha256 ${actual}, but ${expected} was expected.`,
    {
      field: "sha256",
    },
  );
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}
